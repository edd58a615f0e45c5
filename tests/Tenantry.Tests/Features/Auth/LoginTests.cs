using System.Diagnostics;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class LoginTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_registered_user_signs_in_and_is_somebody()
    {
        var user = await service.At().NewUser("ada@example.com");

        var me = await user.Get("auth/me");

        me.Status.ShouldBe(200, me.Text);
        me.Json["email"]!.GetValue<string>().ShouldBe("ada@example.com");
        me.Json["role"]!.GetValue<string>().ShouldBe("User");
        me.Json["permissions"]!.AsArray().Count.ShouldBe(8);
        me.Json["tenant"]!["slug"]!.GetValue<string>().ShouldBe("default");
        me.Json["last_login_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_may_not_come_in_cannot_be_told_apart()
    {
        await service.At().NewUser("known@example.com");
        await service.At().NewUser("off@example.com");
        await service.Sql("UPDATE users SET is_active = false WHERE email = 'off@example.com'");
        var (slug, id, _) = await service.NewTenant();
        await service.Sql($"INSERT INTO users (tenant_id, id, email, email_normalized, email_verified, is_active, created_at, updated_at) VALUES ('{id}', gen_random_uuid(), 'invited@example.com', 'invited@example.com', false, true, now(), now())");

        var answers = new[]
        {
            await SignIn("known@example.com", "wrong password"), await SignIn("nobody@example.com"), await SignIn("off@example.com"),
            await service.At(slug).Post("auth/login", new { email = "invited@example.com", password = Service.Password }),
        };

        answers.ShouldAllBe(answer => answer.ShouldBeProblem(401, "authentication_failed").Json["detail"]!.GetValue<string>() == "The address or the password is wrong.");
    }

    [Fact]
    public async Task The_address_may_be_written_in_any_case()
    {
        await service.At().NewUser("Case@Example.com");

        (await SignIn(" cASE@example.COM ")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_same_address_in_two_tenants_is_two_users()
    {
        var (slug, _, _) = await service.NewTenant();
        await service.At().NewUser("both@example.com");

        (await service.At(slug).Post("auth/login", new { email = "both@example.com", password = Service.Password })).ShouldBeProblem(401, "authentication_failed");
        await service.At(slug).NewUser("both@example.com");
    }

    [Fact]
    public async Task Success_and_failure_are_in_the_audit_log_and_no_password_is()
    {
        await service.At().NewUser("logged@example.com");
        await SignIn("logged@example.com", "hunter2 is my secret");

        var id = await service.Ask<Guid>("SELECT id FROM users WHERE email = 'logged@example.com'");
        (await service.Ask<string[]>($"SELECT array_agg(outcome ORDER BY id) FROM audit_events WHERE action = 'auth.login' AND target_id = '{id}'")).ShouldBe(["success", "authentication_failed"]);
        (await service.Ask<long>("SELECT count(*) FROM audit_events e WHERE e::text LIKE '%hunter2%'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_address_takes_as_long_as_a_known_one()
    {
        await service.At().NewUser("timed@example.com");
        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 25; i++)
        {
            known.Add(await Time("timed@example.com"));
            unknown.Add(await Time("nobody-" + i + "@example.com"));
        }

        known.Sort();
        unknown.Sort();
        (unknown[12] / known[12]).ShouldBeInRange(0.6, 1.6);

        async Task<double> Time(string email)
        {
            var watch = Stopwatch.StartNew();
            await SignIn(email, "wrong password");
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task A_flood_of_sign_ins_is_turned_away_in_part_and_leaves_the_service_well()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64 * Environment.ProcessorCount).Select(i => SignIn($"flood-{i}@example.com")));

        answers.ShouldAllBe(answer => answer.Status == 401 || answer.Status == 503);
        foreach (var turnedAway in answers.Where(answer => answer.Status == 503))
            turnedAway.ShouldBeProblem(503, "overloaded").Header("Retry-After").ShouldBe("1");
        answers.Count(answer => answer.Status == 503).ShouldBeGreaterThan(0);
        await service.At().NewUser();
    }

    private Task<Answer> SignIn(string email, string password = Service.Password) => service.At().Post("auth/login", new { email, password });
}
