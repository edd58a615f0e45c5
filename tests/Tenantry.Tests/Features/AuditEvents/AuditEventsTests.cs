using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.AuditEvents;

/// <summary>What stands in the log, and who reads it.</summary>
public sealed class AuditEventsTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_change_says_who_what_on_what_from_where_and_what_the_fields_were_and_are()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, email, _) = await service.Joined(admin, slug, "Viewer");
        var me = (await admin.Get("auth/me")).Json;

        (
            await admin.Put(
                $"users/{id}",
                new
                {
                    first_name = "Ada",
                    last_name = "Lovelace",
                    phone = "+41791234567",
                }
            )
        ).Status.ShouldBe(200);

        var one = (await Events(admin, $"action=user.changed&target_id={id}")).ShouldHaveSingleItem();
        one.Text("outcome").ShouldBe("success");
        one["actor"]!.Text("id").ShouldBe(me.Text("id"));
        one["actor"]!.Text("email").ShouldBe(me.Text("email"));
        one.Text("address").ShouldBe("127.0.0.1");
        one.Text("trace_id").Length.ShouldBe(32);
        one["changes"]!
            .ToJsonString()
            .ShouldBe(
                """{"phone":{"after":"\u002B41791234567","before":null},"last_name":{"after":"Lovelace","before":null},"first_name":{"after":"Ada","before":"Joined"}}"""
            );
        (await admin.Get($"audit-events/{one["id"]}")).Json.ToJsonString().ShouldBe(one.ToJsonString());

        (await admin.Delete($"users/{id}")).Status.ShouldBe(204);
        (await Events(admin, $"action=user.deleted&target_id={id}")).Single()["changes"]!["email"]!
            .ToJsonString()
            .ShouldBe($$"""{"after":null,"before":"{{email}}"}""");
    }

    [Fact]
    public async Task The_audit_event_of_a_role_names_its_permissions_before_and_after()
    {
        var (_, _, admin) = await service.NewTenant();
        var role = (await admin.Post("roles", new { name = "Clerk", permissions = new[] { "users:read" } })).Json["id"];

        (
            await admin.Put($"roles/{role}", new { name = "Clerk", permissions = new[] { "roles:read" } })
        ).Status.ShouldBe(200);
        (await admin.Delete($"roles/{role}")).Status.ShouldBe(204);

        (await Events(admin, $"target_id={role}"))
            .Select(one => one["changes"]!["permissions"]!.ToJsonString())
            .ShouldBe([
                """{"after":[],"before":["roles:read"]}""",
                """{"after":["roles:read"],"before":["users:read"]}""",
                """{"after":["users:read"],"before":[]}""",
            ]);
    }

    [Fact]
    public async Task Refused_changes_are_audited_with_the_reason_and_validation_errors_are_not()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, _, viewer) = await service.Joined(admin, slug, "Viewer");
        var own = (await admin.Get("auth/me")).Json["id"]!.GetValue<Guid>();

        (await viewer.Post($"users/{own}/deactivate")).Status.ShouldBe(403); // lacks the permission
        (await admin.Post($"users/{own}/deactivate")).Status.ShouldBe(409); // the last Admin
        (await admin.Post("users", new { email = "not an address" })).Status.ShouldBe(400); // says nothing of interest

        var refused = await Events(admin, "outcome=refused");
        refused
            .Select(one =>
                (
                    one.Text("action"),
                    one.Text("outcome"),
                    one["actor"]!["id"]!.GetValue<Guid>(),
                    one["target_id"]!.GetValue<Guid>()
                )
            )
            .ShouldBe([("user.deactivated", "conflict", own, own), ("user.deactivated", "permission_denied", id, own)]);
        refused.ShouldAllBe(one => one["changes"] == null);
    }

    /// <summary>The exception's way to an answer begins with forgetting what endpoint it was.</summary>
    [Fact]
    public async Task A_refusal_by_a_database_constraint_is_audited()
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"twice@{slug}.example";
        (await admin.Post("users", new { email })).Status.ShouldBe(201);
        (await admin.Post("users", new { email })).ShouldBeProblem(409, "conflict");
        (await admin.Post("roles", new { name = "Twice" })).Status.ShouldBe(201);
        (await admin.Post("roles", new { name = "Twice" })).ShouldBeProblem(409, "conflict");

        (await Events(admin, "action=user.invited&outcome=conflict")).ShouldHaveSingleItem();
        (await Events(admin, "action=role.created&outcome=conflict")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_user_agent_that_would_be_cut_within_a_character_is_still_recorded_in_the_audit_log()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, viewer) = await service.Joined(admin, slug, "Viewer");
        var agent = ("User-Agent", new string('a', 255) + "\U0001F600");

        (
            await viewer.Send(
                HttpMethod.Post,
                "roles",
                System.Net.Http.Json.JsonContent.Create(new { name = "Mine" }),
                agent
            )
        ).ShouldBeProblem(403, "permission_denied");
        (
            await service
                .At(slug)
                .Send(
                    HttpMethod.Post,
                    "auth/login",
                    System.Net.Http.Json.JsonContent.Create(
                        new { email = "a@example.com", password = "wrong password" }
                    ),
                    agent
                )
        ).ShouldBeProblem(401, "authentication_failed");

        (await Events(admin, "action=role.created&outcome=permission_denied"))
            .ShouldHaveSingleItem()
            .Text("user_agent")
            .ShouldBe(new string('a', 255));
    }

    [Theory]
    [InlineData("from=0001-01-01T00:00:00Z")]
    [InlineData("to=9999-12-31T23:59:59.9999999Z")]
    public async Task The_ends_of_time_can_be_asked_for(string query)
    {
        var (_, _, admin) = await service.NewTenant();

        (await Events(admin, query)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Filters_narrow_and_pages_follow_one_another()
    {
        var (slug, _, admin) = await service.NewTenant();
        var users = new List<Guid>();
        for (var i = 0; i < 5; i++)
            users.Add((await admin.Post("users", new { email = $"u{i}@{slug}.example" })).Json["id"]!.GetValue<Guid>());
        var all = await Events(admin, "limit=200");
        var third = all.Single(one => one["target_id"]?.GetValue<Guid>() == users[2]);

        (await Events(admin, "action=user."))
            .Select(one => one["target_id"]!.GetValue<Guid>())
            .ShouldBe(users.AsEnumerable().Reverse());
        (await Events(admin, "action=user.changed")).ShouldBeEmpty();
        (await Events(admin, $"action=user.&from={third["occurred_at"]}")).Count.ShouldBe(3);
        (await Events(admin, $"action=user.&to={third["occurred_at"]}")).Count.ShouldBe(2);
        (await Events(admin, $"actor_id={Guid.NewGuid()}")).ShouldBeEmpty();
        var (page, seen) = ("audit-events?action=user.&limit=2", new List<Guid>());
        while (page is not null)
        {
            var answer = await admin.Get(page);
            seen.AddRange(answer.Items().Select(one => one!["target_id"]!.GetValue<Guid>()));
            page = answer.Json["next_cursor"] is { } cursor
                ? $"audit-events?action=user.&limit=2&cursor={cursor}"
                : null;
        }
        seen.ShouldBe(users.AsEnumerable().Reverse());

        foreach (
            var (query, field) in new[]
            {
                ("from=2026-02-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
                ("actor_id=me", "actor_id"),
                ("from=yesterday", "from"),
                ("limit=0", "limit"),
            }
        )
            (await admin.Get($"audit-events?{query}")).ShouldNameField(field);
    }

    [Fact]
    public async Task An_export_has_one_line_for_each_listed_audit_event_and_is_itself_audited()
    {
        var (slug, _, admin) = await service.NewTenant();
        await service.Joined(admin, slug, "User");
        var listed = await Events(admin, "action=user.&limit=200");

        var file = await admin.Get("audit-events/export?action=user.");

        file.Status.ShouldBe(200);
        (file.Header("Content-Type"), file.Header("Content-Disposition")).ShouldBe(
            ("application/x-ndjson", "attachment; filename=audit-events.jsonl; filename*=UTF-8''audit-events.jsonl")
        );
        file.Text.TrimEnd('\n').Split('\n').ShouldBe(listed.Select(one => one.ToJsonString()));
        (await Events(admin, "action=audit.exported")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Only_the_platform_reads_the_audit_log_of_another_tenant_and_the_read_is_audited()
    {
        var (slug, id, admin) = await service.NewTenant();
        var (_, _, viewer) = await service.Joined(admin, slug, "Manager");
        var (_, _, stranger) = await service.NewTenant();
        var platform = await service.Platform();

        (await viewer.Get("audit-events")).Status.ShouldBe(403);
        (await stranger.Get($"audit-events?tenant_id={id}")).ShouldBeProblem(404, "not_found");
        (await stranger.Get($"audit-events?tenant_id={Guid.NewGuid()}")).ShouldBeProblem(404, "not_found");
        (await stranger.Get($"audit-events/{(await Events(admin, ""))[0]["id"]}")).ShouldBeProblem(404, "not_found");
        (await Events(platform, $"tenant_id={id}&action=user.invited")).ShouldHaveSingleItem();
        (await platform.Get($"audit-events/export?tenant_id={id}&action=user.invited"))
            .Text.TrimEnd('\n')
            .Split('\n')
            .ShouldHaveSingleItem();

        var told = await Events(admin, "action=audit.");
        told.Select(one => one.Text("action")).ShouldBe(["audit.exported", "audit.read"]);
        told[0]["actor"]!["tenant_id"]!.ToJsonString().ShouldNotBe($"\"{id}\"");
        (await Events(platform, "action=tenant.created&limit=1")).Single()["changes"]!["slug"].ShouldBeNull(); // named fields, and no others
    }

    private static async Task<List<JsonNode>> Events(Visitor visitor, string query)
    {
        var answer = await visitor.Get($"audit-events?{query}");
        answer.Status.ShouldBe(200, answer.Text);
        return [.. answer.Items().Select(one => one!)];
    }
}
