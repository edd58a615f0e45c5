using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth.Passwords;

public sealed class ChangePasswordTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Better = "a longer horse and two batteries";

    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_new_password_counts_and_every_other_session_ends()
    {
        var here = await service.At().NewUser("change@example.com");
        var elsewhere = await service.At().SignIn("change@example.com");

        (await Change(here, Service.Password, Better)).Status.ShouldBe(204);

        (await here.Get("auth/me")).Status.ShouldBe(200);
        (await service.At().Post("auth/refresh", new { refresh_token = elsewhere.RefreshToken })).ShouldBeProblem(
            401,
            "token_revoked"
        );
        (
            await service.At().Post("auth/login", new { email = "change@example.com", password = Service.Password })
        ).ShouldBeProblem(401, "authentication_failed");
        await service.At().SignIn("change@example.com", Better);
        (await service.At().Get("/dev/mailbox?recipient=change@example.com")).Json["items"]![0]!
            .Text("subject")
            .ShouldContain("was changed");
    }

    [Fact]
    public async Task A_wrong_present_password_changes_nothing()
    {
        var user = await service.At().NewUser("keep@example.com");

        (await Change(user, "a guess", Better))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("current_password");

        await service.At().SignIn("keep@example.com");
    }

    [Fact]
    public async Task A_common_new_password_is_refused() =>
        (await Change(await service.At().NewUser(), Service.Password, "password123"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("new_password");

    private static Task<Answer> Change(Visitor user, string from, string to) =>
        user.Post("auth/password-change", new { current_password = from, new_password = to });
}
