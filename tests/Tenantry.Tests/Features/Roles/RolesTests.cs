using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Roles;

public sealed class RolesTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_tenant_is_born_with_four_roles_each_holding_those_below()
    {
        var (_, _, admin) = await service.NewTenant();

        var roles = (await admin.Get("roles"))
            .Items()
            .ToDictionary(role => role!.Text("name"), role => role!["permissions"]!.AsArray());

        roles
            .Select(role => (role.Key, role.Value.Count))
            .ShouldBe([("Admin", 19), ("Manager", 14), ("User", 8), ("Viewer", 5)], ignoreOrder: true);
        var inherited = roles["Manager"].Single(held => held!.Text("name") == "users:read")!;
        inherited.Text("from").ShouldBe("Viewer");
        roles["Manager"].Single(held => held!.Text("name") == "users:create")!["from"].ShouldBeNull();
    }

    [Fact]
    public async Task A_list_shows_each_role_as_it_is_read_alone_page_by_page()
    {
        var (_, _, admin) = await service.NewTenant();
        await admin.Post(
            "roles",
            new
            {
                name = "\u00dcbersicht <\"b\">",
                parent_id = await Id(admin, "Viewer"),
                permissions = new[] { "reports:view" },
            }
        );

        var (shown, path) = (new List<JsonNode>(), "roles?limit=2");
        while (true)
        {
            var page = await admin.Get(path);
            page.Header("Content-Type").ShouldBe("application/json; charset=utf-8");
            shown.AddRange(page.Items()!);
            if (page.Json["next_cursor"] is not { } cursor)
                break;
            path = $"roles?limit=2&cursor={cursor}";
        }

        shown.Count.ShouldBe(5);
        foreach (var role in shown)
            (await admin.Get($"roles/{role["id"]}")).Json.ToJsonString().ShouldBe(role.ToJsonString());
    }

    [Fact]
    public async Task A_role_is_made_on_another_changed_and_deleted()
    {
        var (slug, _, admin) = await service.NewTenant();
        var viewer = await Id(admin, "Viewer");

        var made = await admin.Post(
            "roles",
            new
            {
                name = "Support",
                description = "Answers",
                parent_id = viewer,
                permissions = new[] { "notifications:send" },
            }
        );
        made.Status.ShouldBe(201, made.Text);
        made.Header("Location").ShouldBe($"/api/v1/roles/{made.Json["id"]}");
        Names(made).Count.ShouldBe(6);
        (await admin.Post("roles", new { name = "Support" })).ShouldBeProblem(409, "conflict").ShouldNameField("name");

        var user = await service.Joined(admin, slug, "Support");
        (await user.Visitor.Get("auth/me")).Text("role").ShouldBe("Support");
        (await admin.Delete($"roles/{made.Json["id"]}")).ShouldBeProblem(409, "conflict"); // somebody has it

        var changed = await admin.Put(
            $"roles/{made.Json["id"]}",
            new
            {
                name = "Helpdesk",
                parent_id = viewer,
                permissions = new[] { "reports:view" },
            },
            ("If-Match", made.Header("ETag")!)
        );
        changed.Status.ShouldBe(200, changed.Text);
        Names(changed).ShouldContain("reports:view");
        Names(changed).ShouldNotContain("notifications:send");
        (await user.Visitor.Get("auth/me")).Json["permissions"]!
            .AsArray()
            .Select(name => name!.GetValue<string>())
            .ShouldContain("reports:view");
        (
            await admin.Put($"roles/{made.Json["id"]}", new { name = "Late" }, ("If-Match", made.Header("ETag")!))
        ).ShouldBeProblem(412, "precondition_failed");

        await admin.Delete($"users/{user.Id}");
        (await admin.Delete($"roles/{made.Json["id"]}")).Status.ShouldBe(204);
        (await admin.Get($"roles/{made.Json["id"]}")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Permissions_are_added_and_taken_one_by_one()
    {
        var (_, _, admin) = await service.NewTenant();
        var id = (await admin.Post("roles", new { name = "One", parent_id = await Id(admin, "Viewer") })).Json["id"]!;

        var added = await admin.Post($"roles/{id}/permissions", new { permission = "reports:view" });
        added.Status.ShouldBe(200, added.Text);
        Names(await admin.Post($"roles/{id}/permissions", new { permission = "reports:view" })).Count.ShouldBe(6);
        var (own, fromBelow) = (PermissionId(added, "reports:view"), PermissionId(added, "users:read"));

        (await admin.Delete($"roles/{id}/permissions/{own}")).Status.ShouldBe(204);
        (await admin.Delete($"roles/{id}/permissions/{own}")).ShouldBeProblem(404, "not_found");
        (await admin.Delete($"roles/{id}/permissions/{fromBelow}")).ShouldBeProblem(404, "not_found"); // not its own
        (await admin.Post($"roles/{id}/permissions", new { permission = "world:rule" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("permission");
    }

    [Fact]
    public async Task A_system_role_stays_as_it_is()
    {
        var (_, _, admin) = await service.NewTenant();
        var viewer = await Id(admin, "Viewer");
        var permission = PermissionId(await admin.Get($"roles/{viewer}"), "users:read");

        (await admin.Put($"roles/{viewer}", new { name = "Spy" })).ShouldBeProblem(409, "conflict");
        (await admin.Delete($"roles/{viewer}")).ShouldBeProblem(409, "conflict");
        (await admin.Post($"roles/{viewer}/permissions", new { permission = "users:create" })).ShouldBeProblem(
            409,
            "conflict"
        );
        (await admin.Delete($"roles/{viewer}/permissions/{permission}")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task Roles_do_not_go_round_in_a_circle()
    {
        var (_, _, admin) = await service.NewTenant();
        var (a, b) = (await Made(admin, "A"), await Made(admin, "B"));
        (await admin.Put($"roles/{b}", new { name = "B", parent_id = a })).Status.ShouldBe(200);

        (await admin.Put($"roles/{a}", new { name = "A", parent_id = b }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
        (await admin.Put($"roles/{a}", new { name = "A", parent_id = a }))
            .ShouldBeProblem(409, "conflict")
            .ShouldNameField("parent_id");
        (await admin.Put($"roles/{a}", new { name = "A", parent_id = Guid.NewGuid() }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("parent_id");
    }

    [Fact]
    public async Task Two_changes_at_once_close_no_circle_together()
    {
        var (_, _, admin) = await service.NewTenant();
        for (var round = 0; round < 10; round++)
        {
            var (a, b) = (await Made(admin, $"A{round}"), await Made(admin, $"B{round}"));

            var answers = await Task.WhenAll(
                admin.Put($"roles/{a}", new { name = $"A{round}", parent_id = b }),
                admin.Put($"roles/{b}", new { name = $"B{round}", parent_id = a })
            );

            answers.Select(answer => answer.Status).Order().ShouldBe([200, 409]);
        }
    }

    [Fact]
    public async Task A_caller_cannot_grant_or_change_permissions_that_the_caller_lacks()
    {
        var (slug, _, admin) = await service.NewTenant();
        var keeper = await admin.Post(
            "roles",
            new
            {
                name = "Role keeper",
                permissions = new[] { "roles:read", "roles:manage", "users:read", "users:update" },
            }
        );
        var user = await service.Joined(admin, slug, "Role keeper");
        var strong = (await admin.Post("roles", new { name = "Strong", permissions = new[] { "users:delete" } })).Json[
            "id"
        ]!;
        var weak = (await admin.Post("roles", new { name = "Weak", permissions = new[] { "users:read" } })).Json["id"]!;
        var viewer = await Id(admin, "Viewer");

        foreach (
            var answer in new[]
            {
                await user.Visitor.Post("roles", new { name = "Mine", permissions = new[] { "audit:read" } }),
                await user.Visitor.Post("roles", new { name = "Mine", parent_id = viewer }),
                await user.Visitor.Post($"roles/{weak}/permissions", new { permission = "users:delete" }),
                await user.Visitor.Put($"roles/{weak}", new { name = "Weak", parent_id = viewer }),
                await user.Visitor.Put($"roles/{strong}", new { name = "Tamed", permissions = new[] { "users:read" } }),
                await user.Visitor.Delete($"roles/{strong}"),
                await user.Visitor.Post($"roles/{keeper.Json["id"]}/permissions", new { permission = "users:delete" }),
                await user.Visitor.Post($"users/{user.Id}/roles", new { role_id = strong }),
            }
        )
            answer.ShouldBeProblem(403, "permission_denied");
        (await user.Visitor.Post("roles", new { name = "Mine", permissions = new[] { "users:read" } })).Status.ShouldBe(
            201
        );
    }

    [Fact]
    public async Task No_tenant_but_the_platform_gets_a_permission_of_the_platform()
    {
        var (_, _, admin) = await service.NewTenant();

        (
            await admin.Post("roles", new { name = "God", permissions = new[] { "platform:tenants:read" } })
        ).ShouldBeProblem(403, "permission_denied");
    }

    [Fact]
    public async Task A_role_preview_lists_the_permissions_each_user_would_gain_or_lose_and_changes_nothing()
    {
        var (slug, _, admin) = await service.NewTenant();
        var viewer = await Id(admin, "Viewer");
        var (low, high) = (
            await admin.Post(
                "roles",
                new
                {
                    name = "Low",
                    parent_id = viewer,
                    permissions = new[] { "reports:view" },
                }
            ),
            (Answer?)null
        );
        high = await admin.Post("roles", new { name = "High", parent_id = low.Json["id"]!.GetValue<Guid>() });
        var (one, two) = (await service.Joined(admin, slug, "Low"), await service.Joined(admin, slug, "High"));
        await admin.Post($"users/{two.Id}/roles", new { role_id = await Id(admin, "Manager") }); // has reports:view from there too

        var preview = await admin.Post(
            $"roles/{low.Json["id"]}/preview",
            new { permissions = new[] { "users:delete" } }
        );

        preview.Status.ShouldBe(200, preview.Text);
        preview.Number("user_count").ShouldBe(2);
        var effects = preview.Json["users"]!.AsArray().ToDictionary(user => user!["id"]!.GetValue<Guid>());
        Texts(effects[one.Id]!["gains"]!).ShouldBe(["users:delete"]);
        Texts(effects[one.Id]!["loses"]!)
            .ShouldBe(["files:read", "notifications:read", "reports:view", "roles:read", "tenants:read", "users:read"]); // the role below went too
        Texts(effects[two.Id]!["gains"]!).ShouldBe(["users:delete"]);
        Texts(effects[two.Id]!["loses"]!).ShouldBeEmpty();
        (await one.Visitor.Get("auth/me")).Json["permissions"]!.AsArray().Count.ShouldBe(6);
        (
            await admin.Post(
                $"roles/{low.Json["id"]}/preview",
                new { parent_id = high.Json["id"]!.GetValue<Guid>(), permissions = Array.Empty<string>() }
            )
        ).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task The_catalogue_is_listed_with_what_each_permission_lets_do()
    {
        var (_, _, admin) = await service.NewTenant();

        (await admin.Get("permissions")).Items().Count.ShouldBe(24);
        var files = (await admin.Get("permissions?resource=files")).Items();
        files.Count.ShouldBe(5);
        files.ShouldAllBe(permission =>
            permission!.Text("description").Length > 0 && permission.Text("name").StartsWith("files:")
        );
    }

    [Fact]
    public async Task Another_tenants_role_is_not_there_for_any_verb()
    {
        var ((_, _, admin), (_, _, stranger)) = (await service.NewTenant(), await service.NewTenant());
        var id = await Made(stranger, "Theirs");

        foreach (
            var answer in new[]
            {
                await admin.Get($"roles/{id}"),
                await admin.Put($"roles/{id}", new { name = "Mine" }),
                await admin.Delete($"roles/{id}"),
                await admin.Post($"roles/{id}/permissions", new { permission = "users:read" }),
                await admin.Delete($"roles/{id}/permissions/{Guid.NewGuid()}"),
                await admin.Post($"roles/{id}/preview", new { permissions = Array.Empty<string>() }),
            }
        )
            answer.ShouldBeProblem(404, "not_found");
        (await admin.Post("roles", new { name = "Built on theirs", parent_id = id }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("parent_id");
    }

    private static async Task<Guid> Made(Visitor admin, string name) =>
        (await admin.Post("roles", new { name })).Json["id"]!.GetValue<Guid>();

    private static async Task<Guid> Id(Visitor who, string name) =>
        (await who.Get($"roles?name={name}")).Items().ShouldHaveSingleItem()!["id"]!.GetValue<Guid>();

    private static List<string> Names(Answer role) =>
        [.. role.Json["permissions"]!.AsArray().Select(held => held!.Text("name"))];

    private static Guid PermissionId(Answer role, string name) =>
        role.Json["permissions"]!.AsArray().Single(held => held!.Text("name") == name)!["id"]!.GetValue<Guid>();

    private static List<string> Texts(JsonNode texts) => [.. texts.AsArray().Select(text => text!.GetValue<string>())];
}
