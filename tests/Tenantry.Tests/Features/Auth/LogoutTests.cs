using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

public sealed class LogoutTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task Signing_out_ends_both_tokens_at_once()
    {
        var user = await service.At().NewUser();

        (await user.Post("auth/logout")).Status.ShouldBe(204);

        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await service.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).ShouldBeProblem(
            401,
            "token_revoked"
        );
        (await user.Post("auth/logout")).ShouldBeProblem(401, "token_revoked"); // it proves nothing any more
        (await user.Post("auth/logout", new { refresh_token = user.RefreshToken })).Status.ShouldBe(204);
    }

    [Fact]
    public async Task The_refresh_token_alone_ends_its_session_also_when_it_has_ended_before()
    {
        var (first, second, _) = await ThreeSessions("refresh-alone@example.com");

        for (var time = 0; time < 2; time++)
            (
                await service
                    .At()
                    .With("expired.or.broken")
                    .Post("auth/logout", new { refresh_token = first.RefreshToken })
            ).Status.ShouldBe(204);

        (await first.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await second.Get("auth/me")).Status.ShouldBe(200);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events e JOIN users u ON u.id = e.actor_id WHERE e.action = 'auth.logout' AND u.email = 'refresh-alone@example.com'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task The_refresh_token_ends_all_sessions_unless_it_was_used_before()
    {
        var (first, second, third) = await ThreeSessions("refresh-all@example.com");
        var used = first.RefreshToken;
        var current = (await service.At().Post("auth/refresh", new { refresh_token = used })).Text("refresh_token");

        (await All(used)).Status.ShouldBe(204);
        (await first.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await second.Get("auth/me")).Status.ShouldBe(200);
        (await All(current)).Status.ShouldBe(204); // of the session that has ended
        (await second.Get("auth/me")).Status.ShouldBe(200);
        (await All(second.RefreshToken)).Status.ShouldBe(204);
        (await third.Get("auth/me")).ShouldBeProblem(401, "token_revoked");

        Task<Answer> All(string token) =>
            service.At().Post("auth/logout", new { refresh_token = token, all_sessions = true });
    }

    [Fact]
    public async Task A_session_that_was_revoked_does_not_end_the_others()
    {
        var (first, second, _) = await ThreeSessions("revoked-all@example.com");
        (await first.Post("auth/logout")).Status.ShouldBe(204);

        (await first.Post("auth/logout", new { all_sessions = true })).ShouldBeProblem(401, "token_revoked");
        (
            await service.At().Post("auth/logout", new { refresh_token = first.RefreshToken, all_sessions = true })
        ).Status.ShouldBe(204);

        (await second.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Without_a_credential_that_was_issued_there_is_nothing_to_end()
    {
        (await service.At().Post("auth/logout")).ShouldBeProblem(401, "authentication_failed");
        (await service.At().Post("auth/logout", new { refresh_token = "tnr_unknown" })).ShouldBeProblem(
            401,
            "authentication_failed"
        );
    }

    [Fact]
    public async Task The_other_sessions_live_on_unless_all_are_ended()
    {
        var (first, second, third) = await ThreeSessions("three@example.com");

        (await first.Post("auth/logout", new { all_sessions = false })).Status.ShouldBe(204);
        (await second.Get("auth/me")).Status.ShouldBe(200);
        (await second.Post("auth/logout", new { all_sessions = true })).Status.ShouldBe(204);

        (await third.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task A_refresh_token_given_along_ends_its_session_too()
    {
        var (first, second, third) = await ThreeSessions("along@example.com");

        (await first.Post("auth/logout", new { refresh_token = second.RefreshToken })).Status.ShouldBe(204);

        (await second.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await third.Get("auth/me")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_sign_out_with_the_refresh_token_of_another_user_does_not_end_their_session()
    {
        var (user, victim) = (await service.At().NewUser(), await service.At().NewUser());

        (await user.Post("auth/logout", new { refresh_token = victim.RefreshToken })).Status.ShouldBe(204);

        (await victim.Get("auth/me")).Status.ShouldBe(200);
    }

    private async Task<(Visitor, Visitor, Visitor)> ThreeSessions(string email) =>
        (await service.At().NewUser(email), await service.At().SignIn(email), await service.At().SignIn(email));
}
