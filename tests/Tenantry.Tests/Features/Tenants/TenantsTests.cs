using Tenantry.Features.Users;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Tenants;

public sealed class TenantsTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_new_tenant_has_its_roles_an_invitation_and_a_line_in_both_audit_logs()
    {
        var platform = await service.Platform();

        var answer = await Create(platform, "complete");

        answer.Status.ShouldBe(201, answer.Text);
        var id = answer.Json["id"]!.GetValue<Guid>();
        answer.Header("Location").ShouldBe($"/api/v1/tenants/{id}");
        answer.Header("ETag").ShouldBe((await platform.Get($"tenants/{id}")).Header("ETag"));
        (
            await service.Ask<string[]>(
                $"SELECT array_agg(r.name || ' < ' || coalesce(p.name, '-') ORDER BY r.name) FROM roles r LEFT JOIN roles p ON p.tenant_id = r.tenant_id AND p.id = r.parent_id WHERE r.tenant_id = '{id}' AND r.is_system_role"
            )
        ).ShouldBe(["Admin < Manager", "Manager < User", "User < Viewer", "Viewer < -"]);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.created' AND target_id = '{id}'"
            )
        ).ShouldBe(2);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'tenant.created' AND tenant_id = '{id}' AND actor_id IS NOT NULL"
            )
        ).ShouldBe(1);
        (await service.MailedToken("admin@complete.example")).ShouldStartWith("tnm_");
    }

    [Theory]
    [InlineData("Viewer", 5)]
    [InlineData("User", 8)]
    [InlineData("Manager", 14)]
    [InlineData("Admin", 19)]
    public async Task A_role_holds_what_is_below_it(string role, int permissions)
    {
        var (slug, id, admin) = await service.NewTenant();
        var user = (await admin.Get("auth/me")).Json["id"]!.GetValue<Guid>();
        await service.Sql(
            $"UPDATE user_roles SET role_id = (SELECT id FROM roles WHERE tenant_id = '{id}' AND name = '{role}') WHERE tenant_id = '{id}'"
        );
        await using var db = service.Contexts.CreateDbContext().For(id);

        var access = await UserAccess.Of(db, user, TestContext.Current.CancellationToken);

        access.Role.ShouldBe(role, slug);
        access.Permissions.Length.ShouldBe(permissions);
    }

    [Fact]
    public async Task The_platforms_administrator_holds_every_permission() =>
        (await (await service.Platform()).Get("auth/me")).Json["permissions"]!
            .AsArray()
            .Select(permission => permission!.GetValue<string>())
            .Order()
            .ShouldBe(Permissions.All.Select(permission => permission.Name).Order());

    [Theory]
    [InlineData("platform")]
    [InlineData("www")]
    [InlineData("-acme")]
    [InlineData("Acme")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("")]
    public async Task A_slug_that_is_no_host_name_or_reserved_is_refused(string slug) =>
        (await Create(await service.Platform(), slug))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("slug");

    [Fact]
    public async Task Of_many_who_take_one_slug_at_once_one_gets_it_whole()
    {
        var platform = await service.Platform();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Create(platform, "race")));

        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers
            .Where(answer => answer.Status != 201)
            .ShouldAllBe(answer => answer.ShouldBeProblem(409, "conflict").ShouldNameField("slug") != null);
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email = 'admin@race.example'")).ShouldBe(1);
        (
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE recipient = 'admin@race.example'")
        ).ShouldBe(1);
    }

    [Fact]
    public async Task A_tenants_Admin_makes_no_tenants_and_lists_none()
    {
        var (_, _, admin) = await service.NewTenant();

        (await Create(admin, "not-mine-to-make")).ShouldBeProblem(403, "permission_denied");
        (await admin.Get("tenants")).ShouldBeProblem(403, "permission_denied");
    }

    [Fact]
    public async Task Another_tenant_gets_the_same_404_as_a_tenant_that_does_not_exist()
    {
        var (own, other) = (await service.NewTenant(), await service.NewTenant());

        var (foreign, absent) = (
            await own.Admin.Get($"tenants/{other.Id}"),
            await own.Admin.Get($"tenants/{Guid.CreateVersion7()}")
        );

        foreign.ShouldBeProblem(404, "not_found").Json["detail"]!
            .ToString()
            .ShouldBe(absent.ShouldBeProblem(404, "not_found").Json["detail"]!.ToString());
        (await own.Admin.Get($"tenants/{own.Id}")).Text("slug").ShouldBe(own.Slug);
    }

    [Fact]
    public async Task A_platform_user_without_platform_permissions_cannot_see_other_tenants()
    {
        var (_, id, _) = await service.NewTenant();
        await service.Sql(
            $"INSERT INTO users (tenant_id, id, email, email_normalized, password_hash, first_name, last_name, phone, is_active, email_verified, created_at, updated_at) SELECT tenant_id, gen_random_uuid(), 'viewer@platform.example', 'viewer@platform.example', password_hash, first_name, last_name, phone, true, true, now(), now() FROM users WHERE email = '{Service.PlatformAdmin}'"
        );
        await service.Sql(
            "INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at) SELECT u.tenant_id, u.id, r.id, now() FROM users u JOIN roles r ON r.tenant_id = u.tenant_id AND r.name = 'Viewer' WHERE u.email = 'viewer@platform.example'"
        );
        var viewer = await service.At("platform").SignIn("viewer@platform.example");

        (await viewer.Get($"tenants/{id}")).ShouldBeProblem(404, "not_found");
        (await viewer.Get("tenants")).ShouldBeProblem(403, "permission_denied");
    }

    [Fact]
    public async Task A_read_with_the_current_ETag_is_304()
    {
        var (_, id, admin) = await service.NewTenant();
        var tag = (await admin.Get($"tenants/{id}")).Header("ETag")!;

        var again = await admin.Send(HttpMethod.Get, $"tenants/{id}", null, ("If-None-Match", tag));

        tag.ShouldStartWith("\"");
        again.Status.ShouldBe(304);
        again.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_is_walked_page_by_page_newest_first_while_others_are_made()
    {
        await using var own = await cluster.Start();
        var platform = await own.Platform();
        for (var i = 0; i < 7; i++)
            (await Create(platform, $"walk-{i}")).Status.ShouldBe(201);

        var seen = new List<string>();
        var path = "tenants?limit=3&slug=walk-";
        while (path is not null)
        {
            var page = await platform.Get(path);
            seen.AddRange(page.Items().Select(tenant => tenant!.Text("slug")));
            await Create(platform, $"walk-late-{seen.Count}");
            path = page.Header("Link")?.Split('<')[1].Split('>')[0];
            (path is null).ShouldBe(page.Json["next_cursor"] is null);
        }

        seen.ShouldBe(["walk-6", "walk-5", "walk-4", "walk-3", "walk-2", "walk-1", "walk-0"]);
    }

    [Fact]
    public async Task The_list_is_filtered()
    {
        await using var own = await cluster.Start();
        var platform = await own.Platform();
        await Create(platform, "alpha", "premium");
        await Create(platform, "beta");
        await own.Sql("UPDATE tenants SET is_active = false WHERE slug = 'beta'");

        (await Slugs("tier=premium&slug=al")).ShouldBe(["alpha"]);
        (await Slugs("is_active=false")).ShouldBe(["beta"]);
        (await Slugs("name=ALPH")).ShouldBe(["alpha"]);
        (await Slugs("name=100%25")).ShouldBeEmpty();

        async Task<IEnumerable<string>> Slugs(string filter) =>
            (await platform.Get("tenants?" + filter)).Items().Select(tenant => tenant!.Text("slug"));
    }

    [Fact]
    public async Task A_cursor_that_was_made_up_altered_or_taken_from_elsewhere_is_refused()
    {
        await using var own = await cluster.Start();
        var platform = await own.Platform();
        var cursor = (await platform.Get("tenants?limit=1")).Text("next_cursor");

        (await platform.Get($"tenants?cursor={cursor}")).Status.ShouldBe(200);
        foreach (
            var forged in new[] { "AAAA", (cursor[0] == 'A' ? 'B' : 'A') + cursor[1..], cursor[..^1], cursor + "A" }
        )
            (await platform.Get($"tenants?cursor={forged}"))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField("cursor");
    }

    private static Task<Answer> Create(Visitor at, string slug, string? tier = null) =>
        at.Post(
            "tenants",
            new
            {
                name = slug.Length == 0 ? "x" : slug,
                slug,
                subscription_tier = tier,
                admin = new { email = $"admin@{(slug.Length == 0 ? "x" : slug)}.example", first_name = "Grace" },
            }
        );
}
