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
        (await user.Post("auth/logout")).ShouldBeProblem(401, "token_revoked");
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
