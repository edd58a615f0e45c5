using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>
/// Rotation: each refresh token is good once, whoever comes at the same time, and its second use ends the session.
/// </summary>
public sealed class RefreshTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_refresh_token_is_exchanged_for_a_new_pair_that_works()
    {
        var user = await service.At().NewUser();

        var answer = await Refresh(service, user.RefreshToken);

        answer.Status.ShouldBe(200, answer.Text);
        Token(answer).ShouldNotBe(user.RefreshToken);
        (await user.With(answer.Text("access_token")).Get("auth/me")).Status.ShouldBe(200);
        (await Refresh(service, Token(answer))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Two_tabs_within_the_leeway_get_the_same_successor()
    {
        var user = await service.At().NewUser();

        var (one, two) = (await Refresh(service, user.RefreshToken), await Refresh(service, user.RefreshToken));

        Token(two).ShouldBe(Token(one));
    }

    [Fact]
    public async Task Refresh_token_used_again_after_the_leeway_ends_every_session_of_its_family()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var user = await timed.At().NewUser();
        var successor = await Refresh(timed, user.RefreshToken);
        clock.Advance(TimeSpan.FromSeconds(11));

        (await Refresh(timed, user.RefreshToken)).ShouldBeProblem(401, "token_revoked");

        (await Refresh(timed, Token(successor))).ShouldBeProblem(401, "token_revoked");
        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await timed.Ask<long>("SELECT count(*) FROM audit_events WHERE outcome = 'refresh_token_reused'")).ShouldBe(1);
        (
            await timed.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'session_reused'")
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Many_who_use_a_token_again_at_once_end_its_family_with_one_mail_and_one_entry()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        void Timed(IServiceCollection services) => services.AddSingleton<TimeProvider>(clock);
        await using var one = await cluster.Start(replace: Timed);
        await using var two = await cluster.Start(one.Database, replace: Timed);
        var user = await one.At().NewUser();
        var successor = await Refresh(one, user.RefreshToken);
        clock.Advance(TimeSpan.FromSeconds(11));

        var answers = await Crowd(40, turn => Refresh(turn % 2 == 0 ? one : two, user.RefreshToken));

        answers.ShouldAllBe(answer => answer.Status == 401);
        (await Refresh(two, Token(successor))).ShouldBeProblem(401, "token_revoked");
        (await one.Ask<long>("SELECT count(*) FROM audit_events WHERE outcome = 'refresh_token_reused'")).ShouldBe(1);
        (await one.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'session_reused'")).ShouldBe(
            1
        );
    }

    [Fact]
    public async Task A_refresh_shows_what_the_user_may_do_by_now()
    {
        var (slug, _, admin) = await shared.Service.NewTenant();
        var user = await shared.Service.Joined(admin, slug, "User");
        var roles = (await admin.Get("roles"))
            .Items()
            .ToDictionary(role => role!.Text("name"), role => role!.Text("id"));
        (await admin.Post($"users/{user.Id}/roles", new { role_id = roles["Manager"] })).Status.ShouldBeInRange(
            200,
            204
        );

        var refreshed = (await Refresh(shared.Service, user.Visitor.RefreshToken)).Json["user"]!;

        refreshed.Text("role").ShouldBe("Manager");
        refreshed["permissions"]!.AsArray().Count.ShouldBe(14);
        refreshed.Text("email").ShouldBe(user.Email);
    }

    [Fact]
    public async Task A_thousand_refreshes_of_one_token_over_two_instances_make_one_successor()
    {
        // A machine that is busy takes more than the usual ten seconds for a thousand.
        static void Patient(Dictionary<string, string> variables) => variables["REFRESH_TOKEN_LEEWAY_SECONDS"] = "60";
        await using var one = await cluster.Start(Patient);
        await using var two = await cluster.Start(one.Database, Patient);
        var user = await one.At().NewUser();

        var answers = await Crowd(1000, turn => Refresh(turn % 2 == 0 ? one : two, user.RefreshToken));

        answers.ShouldAllBe(answer => answer.Status == 200);
        answers.Select(Token).Distinct().Count().ShouldBe(1);
        (await one.Ask<long>("SELECT count(*) FROM refresh_tokens WHERE replaced_at IS NULL")).ShouldBe(1);
        (await Refresh(two, Token(answers[0]))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_sign_out_among_a_thousand_refreshes_leaves_everything_dead()
    {
        await using var one = await cluster.Start();
        await using var two = await cluster.Start(one.Database);
        var user = await one.At().NewUser();

        var answers = await Crowd(
            1000,
            turn => turn == 500 ? user.Post("auth/logout") : Refresh(turn % 2 == 0 ? one : two, user.RefreshToken)
        );

        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 204 || answer.Status == 401);
        answers.Count(answer => answer.Status == 204).ShouldBe(1);
        foreach (
            var token in answers
                .Where(answer => answer.Status == 200)
                .Select(Token)
                .Append(user.RefreshToken)
                .Distinct()
        )
            (await Refresh(two, token)).ShouldBeProblem(401, "token_revoked");
        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task A_session_that_is_not_used_expires()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var user = await timed.At().NewUser();

        clock.Advance(TimeSpan.FromDays(30));

        (await Refresh(timed, user.RefreshToken)).ShouldBeProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_session_ends_at_its_time_however_busy_it_was()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(
            variables => variables["SESSION_EXPIRATION_DAYS"] = "40",
            services => services.AddSingleton<TimeProvider>(clock)
        );
        var token = (await timed.At().NewUser()).RefreshToken;
        for (var day = 0; day < 39; day += 13)
        {
            clock.Advance(TimeSpan.FromDays(13));
            token = Token(await Refresh(timed, token));
        }

        clock.Advance(TimeSpan.FromDays(1));

        (await Refresh(timed, token)).ShouldBeProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_deactivated_user_cannot_go_on()
    {
        var user = await service.At().NewUser("gone@example.com");
        await service.Sql("UPDATE users SET is_active = false WHERE email = 'gone@example.com'");

        (await Refresh(service, user.RefreshToken)).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task What_is_no_refresh_token_is_refused()
    {
        var user = await service.At().NewUser();

        foreach (
            var text in new[]
            {
                "x",
                user.Token,
                user.RefreshToken[..^1],
                user.RefreshToken + "A",
                "tnm_" + user.RefreshToken[4..],
                user.RefreshToken.ToUpperInvariant(),
            }
        )
            (await Refresh(service, text)).ShouldBeProblem(401, "authentication_failed");
    }

    [Fact]
    public async Task A_token_is_of_its_tenant_and_of_no_other()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (other, _, otherAdmin) = await service.NewTenant();

        (await service.At(other).Post("auth/refresh", new { refresh_token = admin.RefreshToken })).ShouldBeProblem(
            401,
            "authentication_failed"
        );
        // The other's tenant in front of this one's secret.
        (await Refresh(service, otherAdmin.RefreshToken[..24] + admin.RefreshToken[24..])).ShouldBeProblem(
            401,
            "authentication_failed"
        );
        (await service.At(slug).Post("auth/refresh", new { refresh_token = admin.RefreshToken })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_token_names_its_tenant_where_the_request_names_none()
    {
        var (_, id, admin) = await service.NewTenant();

        var answer = await Refresh(service, admin.RefreshToken); // DEFAULT_TENANT is another one

        answer.Json["user"]!["tenant_id"]!.GetValue<Guid>().ShouldBe(id);
    }

    [Fact]
    public async Task The_database_holds_no_token_only_hashes()
    {
        var user = await service.At().NewUser();

        (
            await service.Ask<long>(
                $"SELECT count(*) FROM refresh_tokens t WHERE t::text LIKE '%{user.RefreshToken[4..20]}%'"
            )
        ).ShouldBe(0);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM refresh_tokens WHERE token_hash = sha256('{user.RefreshToken}')"
            )
        ).ShouldBe(1);
    }

    private static Task<Answer> Refresh(Service at, string token) =>
        at.At().Post("auth/refresh", new { refresh_token = token });

    private static string Token(Answer answer) =>
        answer.Json["refresh_token"]?.GetValue<string>() ?? throw new InvalidOperationException(answer.Text);

    private static async Task<List<Answer>> Crowd(int size, Func<int, Task<Answer>> come)
    {
        var answers = new Answer[size];
        await Parallel.ForAsync(
            0,
            size,
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (turn, _) => answers[turn] = await come(turn)
        );
        return [.. answers];
    }
}
