using Tenantry.Features.Users;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

public sealed class UsersTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public void Roles_are_shown_in_one_order_whatever_language_the_database_has() =>
        new UserWithRoles(null!, [new(Guid.Empty, "auditor"), new(Guid.Empty, "Manager"), new(Guid.Empty, "Admin")])
            .Roles.Select(role => role.Name)
            .ShouldBe(["Admin", "Manager", "auditor"]);

    [Fact]
    public async Task A_role_without_a_change_notification_is_shown_in_the_list_of_users()
    {
        var (_, tenant, admin) = await service.NewTenant();
        var role = Guid.CreateVersion7();
        (await admin.Get("users")).Json["items"]![0]!["roles"]!.AsArray().Count.ShouldBe(1);

        // A replica's triggers are silent, and so nobody hears of the role.
        await service.Sql(
            $"""
            SET session_replication_role = replica;
            INSERT INTO roles (tenant_id, id, name, is_system_role, created_at, updated_at) VALUES ('{tenant}', '{role}', 'Aware', false, now(), now());
            INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at) SELECT tenant_id, id, '{role}', now() FROM users WHERE tenant_id = '{tenant}';
            """
        );

        (await admin.Get("users")).Json["items"]![0]!["roles"]!
            .AsArray()
            .Select(shown => shown!.Text("name"))
            .ShouldBe(["Admin", "Aware"]);
    }

    [Fact]
    public async Task The_list_is_walked_page_by_page_and_finds_by_every_filter()
    {
        var (slug, _, admin) = await service.NewTenant();
        var manager = await service.Joined(admin, slug, "Manager");
        for (var i = 0; i < 5; i++)
            await admin.Post(
                "users",
                new
                {
                    email = $"Person-{i}@{slug}.example",
                    first_name = "Zoë",
                    last_name = $"Nr{i}",
                }
            );
        await admin.Post($"users/{manager.Id}/deactivate");

        (await Emails("users?limit=3")).Count.ShouldBe(3);
        var walked = new List<string>();
        for (string? path = "users?limit=3"; path is not null; )
        {
            var page = await admin.Get(path);
            walked.AddRange(page.Items().Select(user => user!.Text("email")));
            path = page.Header("Link")?.Split('<', '>')[1];
        }
        walked.Count.ShouldBe(7);
        walked.ShouldBeUnique();
        walked[0].ShouldBe($"Person-4@{slug}.example"); // newest first

        (await Emails($"users?email=PERSON-2@{slug}.example")).ShouldBe([$"Person-2@{slug}.example"]);
        (await Emails("users?role=Manager")).ShouldBe([manager.Email]);
        (await Emails("users?is_active=false")).ShouldBe([manager.Email]);
        (await Emails("users?status=invited")).Count.ShouldBe(5);
        (await Emails("users?status=active")).ShouldBe([$"admin@{slug}.example"]);
        (await Emails("users?q=zoË nr3")).ShouldBe([$"Person-3@{slug}.example"]);
        (await Emails("users?q=100%25")).ShouldBeEmpty(); // no pattern of anybody's
        (await Emails("users?q=_erson")).ShouldBeEmpty();
        (await admin.Get("users?status=asleep")).ShouldBeProblem(400, "validation_failed").ShouldNameField("status");
        (await admin.Get("users?is_active=perhaps"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("is_active");

        async Task<List<string>> Emails(string path) =>
            [.. (await admin.Get(path)).Items().Select(user => user!.Text("email"))];
    }

    [Fact]
    public async Task A_page_of_users_with_their_roles_is_one_round_trip()
    {
        var (slug, _, admin) = await service.NewTenant();
        await service.Joined(admin, slug, "Manager");
        await service.Remembers(admin);
        using var statements = new Statements(service.Database);

        var page = await admin.Get("users");

        page.Items().Select(user => user!["roles"]![0]!.Text("name")).ShouldBe(["Manager", "Admin"]);
        statements
            .Heard.Count(sql =>
                sql.Contains("users", StringComparison.Ordinal) || sql.Contains("roles", StringComparison.Ordinal)
            )
            .ShouldBe(1, string.Join("\n---\n", statements.Heard));
    }

    [Fact]
    public async Task A_user_is_read_changed_and_kept_apart_by_version()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "User");
        var read = await admin.Get($"users/{user.Id}");
        read.Json["roles"]![0]!.Text("name").ShouldBe("User");
        (
            await admin.Send(HttpMethod.Get, $"users/{user.Id}", null, ("If-None-Match", read.Header("ETag")!))
        ).Status.ShouldBe(304);

        var changed = await admin.Put(
            $"users/{user.Id}",
            new { first_name = "Ada", phone = "+41791234567" },
            ("If-Match", read.Header("ETag")!)
        );

        changed.Status.ShouldBe(200, changed.Text);
        (changed.Text("first_name"), changed.Json["last_name"]).ShouldBe(("Ada", null));
        (
            await admin.Put($"users/{user.Id}", new { first_name = "Late" }, ("If-Match", read.Header("ETag")!))
        ).ShouldBeProblem(412, "precondition_failed");
        (
            await admin.Put($"users/{user.Id}", new { first_name = "Eve" }, ("If-Match", changed.Header("ETag")!))
        ).Status.ShouldBe(200);
        (await admin.Put($"users/{user.Id}", new { is_active = false }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("is_active");
    }

    [Fact]
    public async Task Switched_off_a_user_is_out_at_once_and_comes_back_by_signing_in()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "User");

        (await admin.Post($"users/{user.Id}/deactivate")).Text("status").ShouldBe("deactivated");
        (await user.Visitor.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (
            await service.At(slug).Post("auth/login", new { email = user.Email, password = Service.Password })
        ).ShouldBeProblem(401, "authentication_failed");

        (await admin.Post($"users/{user.Id}/activate")).Text("status").ShouldBe("active");
        (await user.Visitor.Get("auth/me")).ShouldBeProblem(401, "token_revoked"); // what ended stays ended
        (await service.At().Post("auth/refresh", new { refresh_token = user.Visitor.RefreshToken })).ShouldBeProblem(
            401,
            "token_revoked"
        );
        await service.At(slug).SignIn(user.Email);
    }

    [Fact]
    public async Task A_user_whose_sessions_were_all_revoked_can_sign_in_again()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "User");
        var elsewhere = await service.At(slug).SignIn(user.Email);

        (await admin.Delete($"users/{user.Id}/sessions")).Status.ShouldBe(204);

        foreach (var session in new[] { user.Visitor, elsewhere })
            (await session.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        await service.At(slug).SignIn(user.Email);
    }

    [Fact]
    public async Task A_role_given_counts_at_once_and_so_does_one_taken()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "Viewer");
        var manager = await RoleId(admin, "Manager");
        (await user.Visitor.Post("users", new { email = $"a@{slug}.example" })).ShouldBeProblem(
            403,
            "permission_denied"
        );

        (await admin.Post($"users/{user.Id}/roles", new { role_id = manager })).Json["roles"]!
            .AsArray()
            .Count.ShouldBe(2);
        (await admin.Post($"users/{user.Id}/roles", new { role_id = manager })).Status.ShouldBe(200); // again: nothing happens
        (await user.Visitor.Post("users", new { email = $"a@{slug}.example" })).Status.ShouldBe(201);

        (await admin.Delete($"users/{user.Id}/roles/{manager}")).Status.ShouldBe(204);
        (await user.Visitor.Post("users", new { email = $"b@{slug}.example" })).ShouldBeProblem(
            403,
            "permission_denied"
        );
        (await admin.Delete($"users/{user.Id}/roles/{manager}")).ShouldBeProblem(404, "not_found");
        (await admin.Post($"users/{user.Id}/roles", new { role_id = Guid.NewGuid() })).ShouldBeProblem(
            404,
            "not_found"
        );
        (await admin.Post($"users/{user.Id}/roles", new { }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("role_id");
    }

    [Fact]
    public async Task A_deleted_user_is_gone_and_what_was_done_is_still_in_the_log()
    {
        var (slug, _, admin) = await service.NewTenant();
        var user = await service.Joined(admin, slug, "User");

        (await admin.Delete($"users/{user.Id}")).Status.ShouldBe(204);

        (await user.Visitor.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await admin.Get($"users/{user.Id}")).ShouldBeProblem(404, "not_found");
        (await admin.Delete($"users/{user.Id}")).ShouldBeProblem(404, "not_found");
        (
            await service.Ask<long>($"SELECT count(*) FROM audit_events WHERE actor_id = '{user.Id}'")
        ).ShouldBeGreaterThan(0);
        (
            await service.Ask<long>(
                $"SELECT (SELECT count(*) FROM sessions WHERE user_id = '{user.Id}') + (SELECT count(*) FROM user_roles WHERE user_id = '{user.Id}')"
            )
        ).ShouldBe(0);
        (await admin.Post("users", new { email = user.Email })).Status.ShouldBe(201); // the address is free
    }

    [Fact]
    public async Task A_caller_cannot_change_users_whose_permissions_exceed_their_own()
    {
        var (slug, _, admin) = await service.NewTenant();
        var manager = await service.Joined(admin, slug, "Manager");
        var adminId = (await admin.Get("auth/me")).Json["id"]!;
        var invited = (await admin.Post("users", new { email = $"boss@{slug}.example", role = "Admin" })).Json["id"]!;
        var viewer = await RoleId(admin, "Viewer");

        foreach (
            var answer in new[]
            {
                await manager.Visitor.Put($"users/{adminId}", new { first_name = "Fool" }),
                await manager.Visitor.Post($"users/{adminId}/deactivate"),
                await manager.Visitor.Post($"users/{adminId}/roles", new { role_id = viewer }),
                await manager.Visitor.Delete($"users/{adminId}/roles/{await RoleId(admin, "Admin")}"),
                await manager.Visitor.Delete($"users/{adminId}/sessions"),
                await manager.Visitor.Delete($"users/{invited}/invitation"),
                await manager.Visitor.Post($"users/{invited}/invitation"),
                await manager.Visitor.Post($"users/{manager.Id}/roles", new { role_id = await RoleId(admin, "Admin") }), // himself up
                await manager.Visitor.Delete($"users/{manager.Id}"), // users:delete is an Admin's
            }
        )
            answer.ShouldBeProblem(403, "permission_denied");
        (await manager.Visitor.Put($"users/{manager.Id}", new { first_name = "Mary" })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_last_Admin_stays()
    {
        var (slug, _, admin) = await service.NewTenant();
        var id = (await admin.Get("auth/me")).Json["id"]!;
        var role = await RoleId(admin, "Admin");
        await admin.Post("users", new { email = $"invited@{slug}.example", role = "Admin" }); // who has not come does not count

        (await admin.Post($"users/{id}/deactivate")).ShouldBeProblem(409, "conflict");
        (await admin.Delete($"users/{id}")).ShouldBeProblem(409, "conflict");
        (await admin.Delete($"users/{id}/roles/{role}")).ShouldBeProblem(409, "conflict");

        var second = await service.Joined(admin, slug, "Admin");
        (await admin.Post($"users/{id}/deactivate")).Status.ShouldBe(200);
        (await second.Visitor.Delete($"users/{second.Id}")).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task The_last_administrator_of_the_platform_stays()
    {
        var platform = await service.Platform();
        var id = (await platform.Get("auth/me")).Json["id"]!;

        (await platform.Delete($"users/{id}")).ShouldBeProblem(409, "conflict");
    }

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    [InlineData("demote")]
    public async Task Two_Admins_who_remove_each_other_at_once_leave_one(string how)
    {
        for (var round = 0; round < 5; round++)
        {
            var (slug, id, first) = await service.NewTenant();
            var firstId = (await first.Get("auth/me")).Json["id"]!.GetValue<Guid>();
            var second = await service.Joined(first, slug, "Admin");
            var role = await RoleId(first, "Admin");

            var answers = await Task.WhenAll(Remove(first, second.Id), Remove(second.Visitor, firstId));

            answers
                .Count(answer => answer.Status < 300)
                .ShouldBe(1, string.Join('\n', answers.Select(answer => answer.Text)));
            (
                await service.Ask<long>(
                    $"SELECT count(*) FROM users u JOIN user_roles a ON a.user_id = u.id JOIN roles r ON r.id = a.role_id WHERE u.tenant_id = '{id}' AND u.is_active AND r.name = 'Admin'"
                )
            ).ShouldBe(1);

            Task<Answer> Remove(Visitor who, Guid whom) =>
                how switch
                {
                    "deactivate" => who.Post($"users/{whom}/deactivate"),
                    "delete" => who.Delete($"users/{whom}"),
                    _ => who.Delete($"users/{whom}/roles/{role}"),
                };
        }
    }

    [Fact]
    public async Task Another_tenants_user_is_not_there_for_any_verb()
    {
        var ((_, _, admin), (slug, _, otherAdmin)) = (await service.NewTenant(), await service.NewTenant());
        var stranger = await service.Joined(otherAdmin, slug, "Viewer");
        var (own, foreign) = (await RoleId(admin, "Viewer"), await RoleId(otherAdmin, "Viewer"));
        var mine = (await admin.Get("auth/me")).Json["id"]!;

        foreach (
            var answer in new[]
            {
                await admin.Get($"users/{stranger.Id}"),
                await admin.Put($"users/{stranger.Id}", new { first_name = "X" }),
                await admin.Delete($"users/{stranger.Id}"),
                await admin.Post($"users/{stranger.Id}/deactivate"),
                await admin.Post($"users/{stranger.Id}/activate"),
                await admin.Delete($"users/{stranger.Id}/sessions"),
                await admin.Post($"users/{stranger.Id}/roles", new { role_id = own }),
                await admin.Post($"users/{mine}/roles", new { role_id = foreign }),
                await admin.Delete($"users/{stranger.Id}/roles/{foreign}"),
            }
        )
            answer.ShouldBeProblem(404, "not_found");
        (await stranger.Visitor.Get("auth/me")).Status.ShouldBe(200);
    }

    private static async Task<Guid> RoleId(Visitor who, string name) =>
        (await who.Get($"roles?name={name}")).Items().ShouldHaveSingleItem()!["id"]!.GetValue<Guid>();
}
