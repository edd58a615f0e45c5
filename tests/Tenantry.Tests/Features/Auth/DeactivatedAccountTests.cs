using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>
/// A link that was mailed to a user is void once the account was deactivated, also after it is active again: the mail
/// may be in the hands of the person who was to be kept out.
/// </summary>
public sealed class DeactivatedAccountTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Theory]
    [InlineData("invitation")]
    [InlineData("password_reset")]
    public async Task A_mailed_link_is_void_once_its_account_was_deactivated(string purpose)
    {
        var (slug, _, admin) = await service.NewTenant();
        var email = $"{Guid.NewGuid():N}@{slug}.example";
        var invited = await admin.Post("users", new { email, role = "User" });
        var id = invited.Json["id"]!.GetValue<Guid>();
        if (purpose == "password_reset")
        {
            (await Follow("invitation", email)).Status.ShouldBe(201);
            (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
            await service.Until(
                $"SELECT EXISTS (SELECT FROM mailed_tokens WHERE user_id = '{id}' AND purpose = 'password_reset')"
            );
            await service.Settled();
        }

        (await admin.Post($"users/{id}/deactivate")).Status.ShouldBeInRange(200, 204);
        (await Follow(purpose, email)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await admin.Post($"users/{id}/activate")).Status.ShouldBeInRange(200, 204);

        (await Follow(purpose, email)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    private async Task<Answer> Follow(string purpose, string email)
    {
        var token = await service.MailedToken(email);
        return purpose == "invitation"
            ? await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token,
                        password = Service.Password,
                        first_name = "Joined",
                    }
                )
            : await service.At().Post("auth/password-reset", new { token, new_password = "another longer password" });
    }
}
