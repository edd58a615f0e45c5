using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class LoginTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_registered_user_signs_in_and_reads_their_own_profile()
    {
        var user = await service.At().NewUser("ada@example.com");

        var me = await user.Get("auth/me");

        me.Status.ShouldBe(200, me.Text);
        me.Text("email").ShouldBe("ada@example.com");
        me.Text("role").ShouldBe("User");
        me.Json["permissions"]!.AsArray().Count.ShouldBe(8);
        me.Json["tenant"]!.Text("slug").ShouldBe("default");
        me.Json["last_login_at"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Refused_sign_ins_do_not_reveal_whether_or_why_an_account_is_barred()
    {
        await service.At().NewUser("known@example.com");
        await service.At().NewUser("off@example.com");
        await service.Sql("UPDATE users SET is_active = false WHERE email = 'off@example.com'");
        var (slug, id, _) = await service.NewTenant();
        await service.Sql(
            $"INSERT INTO users (tenant_id, id, email, email_normalized, email_verified, is_active, created_at, updated_at) VALUES ('{id}', gen_random_uuid(), 'invited@example.com', 'invited@example.com', false, true, now(), now())"
        );

        var answers = new[]
        {
            await SignIn("known@example.com", "wrong password"),
            await SignIn("nobody@example.com"),
            await SignIn("off@example.com"),
            await service
                .At(slug)
                .Post("auth/login", new { email = "invited@example.com", password = Service.Password }),
        };

        answers.ShouldAllBe(answer =>
            answer.ShouldBeProblem(401, "authentication_failed").Text("detail")
            == "The address or the password is wrong."
        );
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

        (
            await service.At(slug).Post("auth/login", new { email = "both@example.com", password = Service.Password })
        ).ShouldBeProblem(401, "authentication_failed");
        await service.At(slug).NewUser("both@example.com");
    }

    [Fact]
    public async Task Success_and_failure_are_in_the_audit_log_and_no_password_is()
    {
        await service.At().NewUser("logged@example.com");
        await SignIn("logged@example.com", "hunter2 is my secret");

        var id = await service.Ask<Guid>("SELECT id FROM users WHERE email = 'logged@example.com'");
        (
            await service.Ask<string[]>(
                $"SELECT array_agg(outcome ORDER BY id) FROM audit_events WHERE action = 'auth.login' AND target_id = '{id}'"
            )
        ).ShouldBe(["success", "authentication_failed"]);
        (await service.Ask<long>("SELECT count(*) FROM audit_events e WHERE e::text LIKE '%hunter2%'")).ShouldBe(0);
    }

    /// <summary>
    /// By the work, not by the clock: both wait for their turn to hash, and both hash once they have it.
    /// </summary>
    [Fact]
    public async Task An_unknown_address_costs_a_hash_as_a_known_one_does()
    {
        await using var own = await cluster.Start();
        await own.At().NewUser("known@example.com");
        var gate = own.Services.GetRequiredService<SharedGates>().PasswordHashes;
        var somebody = Guid.NewGuid();
        var taken = new List<GateSlot>();
        while (taken.Count < gate.Limits.Total)
            taken.Add(await gate.Acquire(somebody, TestContext.Current.CancellationToken));

        var asked = new[] { "known@example.com", "nobody@example.com" }
            .Select(email => own.At().Post("auth/login", new { email, password = "not the password" }))
            .ToList();

        await Eventually.Is(() => gate.Waiting >= asked.Count);
        asked.ShouldAllBe(one => !one.IsCompleted);
        taken.ForEach(slot => slot.Dispose());
        foreach (var answer in await Task.WhenAll(asked))
            answer.ShouldBeProblem(401, "authentication_failed");
    }

    [Fact]
    public async Task A_flood_of_sign_ins_is_turned_away_in_part_and_leaves_the_service_well()
    {
        await using var real = await cluster.Start(variables => variables["ARGON2_MEMORY_KIB"] = "19456"); // the work that the service has to be kept from
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 64 * Environment.ProcessorCount)
                .Select(i =>
                    real.At()
                        .From($"10.3.{i}.1")
                        .Post("auth/login", new { email = $"flood-{i}@example.com", password = Service.Password })
                )
        );

        answers.ShouldAllBe(answer => answer.Status == 401 || answer.Status == 503);
        foreach (var turnedAway in answers.Where(answer => answer.Status == 503))
            turnedAway.ShouldBeProblem(503, "overloaded").Header("Retry-After").ShouldBe("1");
        answers.Count(answer => answer.Status == 503).ShouldBeGreaterThan(0);
        await real.At().NewUser();
    }

    [Fact]
    public async Task Concurrent_sign_ins_of_one_user_all_succeed()
    {
        await service.At().NewUser("many@example.com");

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => SignIn("many@example.com")));

        answers.ShouldAllBe(answer => answer.Status == 200);
    }

    [Fact]
    public async Task A_sign_in_asks_the_database_three_times()
    {
        await using var own = await cluster.Start();
        await own.At().NewUser("thrice@example.com");
        await own.Remembers(await own.At().SignIn("thrice@example.com"));
        using var statements = new Statements(own.Database);

        await own.At().SignIn("thrice@example.com");

        // Who it is; whether the guess may be made; and all that a right one changes.
        statements.Heard.Count.ShouldBe(3, string.Join("\n\n", statements.Heard));
        (
            await own.Ask<long>(
                "SELECT count(*) FROM audit_events e JOIN users u ON u.id = e.actor_id AND u.id = e.target_id WHERE e.action = 'auth.login' AND e.outcome = 'success' AND u.email = 'thrice@example.com'"
            )
        ).ShouldBe(3);
        (await own.Ask<long>("SELECT count(*) FROM sign_in_attempts WHERE under_way > 0 OR failures > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task A_password_that_is_changed_while_it_is_verified_opens_no_session()
    {
        await using var own = await cluster.Start();
        await own.At().NewUser("racing@example.com");

        // The row is held while the sign-in verifies; then the password is another.
        var signIn = await own.WhileHeld(
            "UPDATE users SET password_hash = 'another' WHERE email = 'racing@example.com'",
            () => own.At().Post("auth/login", new { email = "racing@example.com", password = Service.Password })
        );

        signIn.ShouldBeProblem(401, "authentication_failed");
        (
            await own.Ask<long>(
                "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'racing@example.com'"
            )
        ).ShouldBe(1); // that of the registration
        // It is in the log as any other, and counts neither for nor against them.
        (
            await own.Ask<long>(
                "SELECT count(*) FROM audit_events WHERE action = 'auth.login' AND outcome = 'authentication_failed'"
            )
        ).ShouldBe(1);
        (await own.Ask<long>("SELECT count(*) FROM sign_in_attempts WHERE under_way > 0 OR failures > 0")).ShouldBe(0);
    }

    [Fact]
    public async Task A_role_removed_during_a_sign_in_is_not_in_the_answer()
    {
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        var joined = await own.Joined(admin, slug, "Admin");

        var signIn = await own.WhileHeld(
            $"UPDATE users SET updated_at = now() WHERE id = '{joined.Id}'; DELETE FROM user_roles WHERE user_id = '{joined.Id}'",
            () => own.At(slug).Post("auth/login", new { email = joined.Email, password = Service.Password })
        );

        signIn.Status.ShouldBe(200, signIn.Text);
        signIn.Json["user"]!.Text("role").ShouldBeEmpty();
        signIn.Json["user"]!["permissions"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_audit_event_of_a_successful_sign_in_has_the_same_fields_as_that_of_a_failed_one()
    {
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        var (_, email, signedIn) = await own.Joined(admin, slug, "User");

        // With the token of before, as some clients send it along.
        (await signedIn.Post("auth/login", new { email, password = Service.Password })).Status.ShouldBe(200);
        (await signedIn.Post("auth/login", new { email, password = "not it at all" })).Status.ShouldBe(401);

        const string filled =
            "(SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_each(to_jsonb(e)) WHERE value <> 'null')";
        (
            await own.Ask<long>(
                $"SELECT count(DISTINCT {filled}) FROM (SELECT * FROM audit_events WHERE action = 'auth.login' AND actor_tenant_id IS NOT NULL ORDER BY id DESC) e WHERE tenant_id = (SELECT id FROM tenants WHERE slug = '{slug}')"
            )
        ).ShouldBe(1);
        (
            await own.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE action = 'auth.login' AND actor_tenant_id IS NOT NULL AND tenant_id = (SELECT id FROM tenants WHERE slug = '{slug}')"
            )
        ).ShouldBe(2);
    }

    [Fact]
    public async Task A_hash_of_cheaper_days_is_replaced_at_the_next_sign_in()
    {
        await using var before = await cluster.Start();
        await before.At().NewUser("cheap@example.com");
        await using var after = await cluster.Start(
            before.Database,
            variables => (variables["ARGON2_MEMORY_KIB"], variables["ARGON2_PASSES"]) = ("20480", "3")
        );

        await after.At().SignIn("cheap@example.com");

        (await after.Ask<string>("SELECT password_hash FROM users WHERE email = 'cheap@example.com'"))!.ShouldStartWith(
            "$argon2id$v=19$m=20480,t=3,p=1$"
        );
        await before.At().SignIn("cheap@example.com");
        (await after.Ask<string>("SELECT password_hash FROM users WHERE email = 'cheap@example.com'"))!.ShouldStartWith(
            "$argon2id$v=19$m=20480,t=3,p=1$"
        );
    }

    [Fact]
    public async Task A_bcrypt_hash_is_replaced_by_Argon2id_at_the_first_successful_sign_in()
    {
        await service.At().NewUser("old@example.com");
        await service.Sql(
            $"UPDATE users SET password_hash = '{BCrypt.Net.BCrypt.HashPassword("the old password", 4)}' WHERE email = 'old@example.com'"
        );

        (await SignIn("old@example.com")).ShouldBeProblem(401, "authentication_failed");
        (await service.Ask<string>("SELECT password_hash FROM users WHERE email = 'old@example.com'"))!.ShouldStartWith(
            "$2a$"
        );
        await service.At().SignIn("old@example.com", "the old password");

        (await service.Ask<string>("SELECT password_hash FROM users WHERE email = 'old@example.com'"))!.ShouldStartWith(
            "$argon2id$"
        );
        await service.At().SignIn("old@example.com", "the old password");
    }

    private Task<Answer> SignIn(string email, string password = Service.Password) =>
        service.At().Post("auth/login", new { email, password });
}
