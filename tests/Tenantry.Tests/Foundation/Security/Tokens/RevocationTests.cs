using System.Diagnostics;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>
/// A session that ended on one instance is over on all of them, whatever becomes of the connection that brings the
/// news.
/// </summary>
public sealed class RevocationTests(Cluster cluster, ITestOutputHelper output)
{
    private const string FeedConnections = "application_name = 'tenantry changes'";

    [Fact]
    public async Task Signing_out_on_one_instance_is_refused_on_the_other_within_a_second()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var user = await one.At().NewUser("ada@example.com");
        var delays = new List<double>();

        for (var i = 0; i < 40; i++)
        {
            var here = await one.At().SignIn("ada@example.com");
            var there = other.At().With(here.Token);
            (await there.Get("auth/me")).Status.ShouldBe(200); // the other instance remembers the token now
            (await here.Post("auth/logout")).Status.ShouldBe(204);
            var watch = Stopwatch.StartNew();
            Answer answer;
            do answer = await there.Get("auth/me");
            while (answer.Status == 200 && watch.Elapsed < TimeSpan.FromSeconds(5));
            answer.ShouldBeProblem(401, "token_revoked");
            delays.Add(watch.Elapsed.TotalMilliseconds);
        }

        delays.Sort();
        output.WriteLine($"refused after: median {delays[20]:F1} ms, p99 {delays[^1]:F1} ms of {delays.Count}");
        delays[^1].ShouldBeLessThan(1000);
        (await user.Get("auth/me")).Status.ShouldBe(200); // nobody else was signed out
    }

    [Fact]
    public async Task News_missed_while_the_feed_was_cut_count_all_the_same()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var user = await one.At().NewUser();
        var there = other.At().With(user.Token);
        (await there.Get("auth/me")).Status.ShouldBe(200);
        var before = other.Services.GetRequiredService<ChangeFeed>().Period;

        // In one statement, so that no instance can hear of it: the listeners are gone before the commit.
        await one.Sql(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{one.Database}' AND {FeedConnections}; UPDATE sessions SET revoked_at = now()"
        );
        // That the connection is cut is noticed a moment later.
        await Eventually.Is(() =>
            other.Services.GetRequiredService<ChangeFeed>().Period is { } period && period != before
        );

        (await there.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task While_the_feed_cannot_be_had_the_database_is_asked()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        (await user.Get("auth/me")).Status.ShouldBe(200);

        // The role may connect as often as it is connected now, so the feed does not come back.
        await service.Sql(
            $"ALTER DATABASE {service.Database} CONNECTION LIMIT 1; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{service.Database}' AND {FeedConnections}"
        );
        var feed = service.Services.GetRequiredService<ChangeFeed>();
        while (feed.Period is not null)
            await Task.Yield();
        await service.Sql("UPDATE sessions SET revoked_at = now()");

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task News_that_make_no_sense_are_passed_over()
    {
        await using var service = await cluster.Start();
        var feed = service.Services.GetRequiredService<ChangeFeed>();
        var before = feed.Period;
        foreach (var nonsense in new[] { "", "sessions", "sessions x", "tenants", "unheard of", " " })
            await service.Sql($"SELECT pg_notify('tenantry_changes', '{nonsense}')");

        var user = await service.At().NewUser();
        (await user.Post("auth/logout")).Status.ShouldBe(204);

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        feed.Period.ShouldBe(before);
    }

    [Fact]
    public async Task An_instance_started_after_the_sign_out_refuses_the_token()
    {
        await using var one = await cluster.Start();
        var user = await one.At().NewUser();
        (await user.Post("auth/logout")).Status.ShouldBe(204);

        await using var late = await cluster.Start(one.Database);

        (await late.At().With(user.Token).Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task A_deleted_session_is_over_everywhere()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var user = await one.At().NewUser();
        var there = other.At().With(user.Token);
        (await there.Get("auth/me")).Status.ShouldBe(200);

        await one.Sql("DELETE FROM refresh_tokens; DELETE FROM sessions");

        await Becomes(401, () => there.Get("auth/me"));
    }

    [Fact]
    public async Task A_tenant_switched_off_is_off_on_every_instance()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var (slug, id, admin) = await one.NewTenant();
        var there = other.At(slug).With(admin.Token);
        (await there.Get("auth/me")).Status.ShouldBe(200);

        await one.Sql($"UPDATE tenants SET is_active = false WHERE id = '{id}'");

        await Becomes(404, () => there.Get("auth/me"));
    }

    [Fact]
    public async Task A_user_who_is_switched_off_or_deleted_is_refused_everywhere()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        foreach (
            var change in new[]
            {
                "UPDATE users SET is_active = false WHERE email = 'ada@example.com'",
                "DELETE FROM users WHERE email = 'bob@example.com'",
            }
        )
        {
            var (user, bystander) = (await one.At().NewUser(change.Split('\'')[1]), await one.At().NewUser());
            var there = other.At().With(user.Token);
            (await there.Get("auth/me")).Status.ShouldBe(200);

            await one.Sql(change);

            await Becomes(401, () => there.Get("auth/me"));
            (await there.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
            (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
            (await other.At().With(bystander.Token).Get("auth/me")).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_change_of_roles_counts_everywhere_for_tokens_that_are_out_already()
    {
        await using var one = await cluster.Start();
        await using var other = await cluster.Start(one.Database);
        var user = await one.At().NewUser("ada@example.com");
        var there = other.At().With(user.Token);
        (await Role()).ShouldBe(("User", 8));
        (await there.Post("users", new { email = "new@example.com" })).ShouldBeProblem(403, "permission_denied");

        const string ofAda =
            "u.tenant_id, u.id, r.id, now() FROM users u JOIN roles r ON r.tenant_id = u.tenant_id WHERE u.email = 'ada@example.com'";
        await Changes($"INSERT INTO user_roles SELECT {ofAda} AND r.name = 'Manager'", ("Manager", 14));
        (await there.Post("users", new { email = "new@example.com" })).Status.ShouldBe(201);
        await Changes(
            "DELETE FROM role_permissions g USING roles r, permissions p WHERE g.role_id = r.id AND r.name = 'Manager' AND g.permission_id = p.id AND p.name = 'users:create'",
            ("Manager", 13)
        );
        (await there.Post("users", new { email = "another@example.com" })).ShouldBeProblem(403, "permission_denied");
        await Changes("UPDATE roles SET name = 'Helper' WHERE name = 'Manager'", ("Helper", 13));
        await Changes("UPDATE roles SET parent_id = NULL WHERE name = 'Helper'", ("User", 13));
        await Changes(
            "DELETE FROM user_roles a USING users u WHERE a.user_id = u.id AND u.email = 'ada@example.com'",
            ("", 0)
        );

        async Task Changes(string sql, (string, int) to)
        {
            await one.Sql(sql);
            var watch = Stopwatch.StartNew();
            while (await Role() != to)
                watch.Elapsed.ShouldBeLessThan(Patience.Of, (await there.Get("auth/me")).Text);
        }

        async Task<(string, int)> Role()
        {
            var me = (await there.Get("auth/me")).Json;
            return (me.Text("role"), me["permissions"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task A_token_that_was_refused_once_costs_no_more_look_ups()
    {
        await using var service = await cluster.Start();
        var user = await service.At().NewUser();
        await user.Post("auth/logout");
        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        using var statements = new Statements(service.Database);

        // The instance receives its own change notifications too, a moment later: each of them causes one look-up more.
        var free = 0;
        await Eventually.Is(
            async () =>
            {
                var before = statements.Heard.Count;
                (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
                free = statements.Heard.Count == before ? free + 1 : 0;
                return free == 20;
            },
            "twenty refusals in a row cost no statement"
        );

        var other = await service.At().NewUser();
        statements.Heard.Count.ShouldBeGreaterThan(1); // the listener works
        // At first sight, after the news of its own making, and while any database of the server holds a transaction
        // open that began before this instance listened, more is asked.
        var quiet = 0;
        for (var watch = Stopwatch.StartNew(); quiet < 8 && watch.Elapsed < TimeSpan.FromSeconds(60); )
        {
            var before = statements.Heard.Count;
            (await other.Get("auth/me")).Status.ShouldBe(200);
            quiet = statements.Heard.Count - before == 1 ? quiet + 1 : 0; // the one that the endpoint is about
        }
        quiet.ShouldBe(8, string.Join('\n', statements.Heard.TakeLast(20)));
    }

    private static async Task Becomes(int status, Func<Task<Answer>> ask)
    {
        var watch = Stopwatch.StartNew();
        Answer answer;
        do answer = await ask();
        while (answer.Status != status && watch.Elapsed < TimeSpan.FromSeconds(1));
        answer.Status.ShouldBe(status, answer.Text);
    }
}
