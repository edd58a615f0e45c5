using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>
/// Where the tenant demands a verified address, nobody gains anything by registering the address of another person.
/// </summary>
public sealed class UnprovenAddressTests(Cluster cluster) : IAsyncLifetime
{
    private const string Strangers = "the stranger's long password";
    private const string Owners = "the owner's long password";

    private Service service = null!;
    private Visitor admin = null!;

    public async ValueTask InitializeAsync()
    {
        service = await cluster.Start();
        (_, _, admin) = await service.NewTenant("claims");
        await service.Sql(
            "UPDATE tenants SET verification_required = true, registration = 'open' WHERE slug = 'claims'"
        );
        await service.Sql("UPDATE users SET email_verified = true");
        // The instance learns of the tenant's change by a notification.
        var directory = service.Services.GetRequiredService<TenantDirectory>();
        await Eventually.Is(async () =>
            await directory.ByName("claims", TestContext.Current.CancellationToken)
                is { VerificationRequired: true, Registration: Registration.Open }
        );
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task The_link_of_the_later_registration_makes_its_own_password_valid_and_no_other()
    {
        await Register(Strangers, "Mallory");
        var strangers = await service.MailedToken("ada@example.com");
        await PauseIsOver();
        await Register(Owners, "Ada");
        var owners = await service.MailedToken("ada@example.com");
        await PauseIsOver();
        await Register(Strangers, "Mallory");

        (await Verify(owners)).Status.ShouldBe(204);

        (await Login(Strangers)).ShouldBeProblem(401, "authentication_failed");
        (await Login(Owners)).Status.ShouldBe(200);
        (await Verify(strangers)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await service.Ask<string>("SELECT first_name FROM users WHERE email = 'ada@example.com'")).ShouldBe("Ada");
        (await service.Ask<long>("SELECT count(*) FROM users WHERE email = 'ada@example.com'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_registration_within_the_pause_sends_no_mail_and_replaces_nothing()
    {
        await Register(Owners, "Ada");
        var token = await service.MailedToken("ada@example.com");
        await Register(Owners, "Ada"); // the second mail may follow at once: the first may be lost

        await Register(Strangers, "Mallory");

        (
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'verify_email'")
        ).ShouldBe(2);
        (await Verify(token)).Status.ShouldBe(204);
        (await Login(Owners)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_proof_ends_the_sessions_and_links_from_before_it()
    {
        await Register(Strangers, "Mallory");
        await service.Sql("UPDATE tenants SET verification_required = false WHERE slug = 'claims'");
        await Eventually.Is(async () => (await Login(Strangers)).Status == 200);
        var stranger = await service.At("claims").SignIn("ada@example.com", Strangers);
        await service.Sql("UPDATE tenants SET verification_required = true WHERE slug = 'claims'");
        await Eventually.Is(async () => (await Login(Strangers)).Status == 403);
        await PauseIsOver();
        await Register(Owners, "Ada");

        (await Verify(await service.MailedToken("ada@example.com"))).Status.ShouldBe(204);

        (await stranger.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (await service.At().Post("auth/refresh", new { refresh_token = stranger.RefreshToken })).Status.ShouldBe(401);
    }

    [Fact]
    public async Task An_invitation_takes_over_an_address_that_nobody_has_proved()
    {
        await Register(Strangers, "Mallory");
        var strangers = await service.MailedToken("ada@example.com");

        var invited = await admin.Post(
            "users",
            new
            {
                email = "ada@example.com",
                first_name = "Ada",
                role = "Manager",
            }
        );
        invited.Status.ShouldBe(201, invited.Text);
        var token = await service.MailedToken("ada@example.com");

        (await Verify(strangers)).ShouldBeProblem(400, "validation_failed");
        (await Login(Strangers)).ShouldBeProblem(401, "authentication_failed");
        (
            await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token,
                        password = Owners,
                        first_name = "Ada",
                    }
                )
        ).Status.ShouldBe(201);
        (await Login(Owners)).Status.ShouldBe(200);
        (await admin.Get("users?email=ada@example.com")).Items()[0]!["roles"]!
            .AsArray()
            .Select(role => role!.Text("name"))
            .ShouldBe(["Manager"]);
    }

    [Fact]
    public async Task A_requested_link_makes_valid_what_was_registered_when_it_was_mailed()
    {
        await Register(Owners, "Ada");
        await PauseIsOver();
        (
            await service.At("claims").Post("auth/verify-email/resend", new { email = "ada@example.com" })
        ).Status.ShouldBe(202);
        await Eventually.Is(async () =>
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'verify_email'") == 2
        );
        var requested = await service.MailedToken("ada@example.com");
        await PauseIsOver();
        await Register(Strangers, "Mallory");

        (await Verify(requested)).Status.ShouldBe(204);

        (await Login(Strangers)).ShouldBeProblem(401, "authentication_failed");
        (await Login(Owners)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("imported")]
    [InlineData("given another address by an administrator")]
    public async Task A_user_with_an_unproved_address_whom_nobody_registered_is_not_replaced(string how)
    {
        var (id, email, _) = await service.Joined(admin, "claims", "Manager");
        if (how == "imported")
            await service.Sql(
                $"UPDATE users SET email_verified = false, email = 'ada@example.com', email_normalized = 'ada@example.com' WHERE id = '{id}'"
            );
        else
            (await admin.Put($"users/{id}", new { email = "ada@example.com", first_name = "Ada" })).Status.ShouldBe(
                200
            );
        await PauseIsOver();

        await Register(Strangers, "Mallory");

        (
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'address_taken'")
        ).ShouldBe(1);
        (await Login(Service.Password)).ShouldBeProblem(403, "email_not_verified");
        (await admin.Post("users", new { email = "ada@example.com" })).ShouldBeProblem(409, "conflict");
        (await admin.Get($"users/{id}")).Text("status").ShouldBe("unverified");
    }

    [Fact]
    public async Task A_proved_address_is_taken_as_before()
    {
        await Register(Owners, "Ada");
        (await Verify(await service.MailedToken("ada@example.com"))).Status.ShouldBe(204);

        await Register(Strangers, "Mallory");

        (
            await service.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'address_taken'")
        ).ShouldBe(1);
        (await Login(Owners)).Status.ShouldBe(200);
        (await admin.Post("users", new { email = "ada@example.com" })).ShouldBeProblem(409, "conflict");
    }

    [Fact]
    public async Task An_unverified_user_has_a_status_of_its_own()
    {
        await Register(Owners, "Ada");

        var unverified = (await admin.Get("users?status=unverified")).Items();
        unverified
            .Select(user => (user!.Text("email"), user!.Text("status")))
            .ShouldBe([("ada@example.com", "unverified")]);
        (await admin.Get($"users/{unverified[0]!["id"]}")).Text("status").ShouldBe("unverified");
        (await admin.Get("users?status=active"))
            .Items()
            .Select(user => user!.Text("email"))
            .ShouldNotContain("ada@example.com");
    }

    private async Task Register(string password, string name) => (
            await service
                .At("claims")
                .Post(
                    "auth/register",
                    new
                    {
                        email = "ada@example.com",
                        password,
                        first_name = name,
                    }
                )
        ).Text("status").ShouldBe("verification_required");

    private Task<Answer> Verify(string token) => service.At().Post("auth/verify-email", new { token });

    private Task<Answer> Login(string password) =>
        service.At("claims").Post("auth/login", new { email = "ada@example.com", password });

    private Task PauseIsOver() =>
        service.Sql("UPDATE notification_logs SET created_at = created_at - interval '2 hours'");
}
