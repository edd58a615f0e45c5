using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth.Passwords;

public sealed class ResetPasswordTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private const string Better = "a longer horse and two batteries";

    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_recipient_of_a_reset_mail_sets_a_new_password_and_all_sessions_end()
    {
        var thief = await service.At().NewUser("forgot@example.com");
        var token = await Asked(service, "forgot@example.com");

        (await Reset(service, token)).Status.ShouldBe(204);

        (await thief.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (
            await service.At().Post("auth/login", new { email = "forgot@example.com", password = Service.Password })
        ).ShouldBeProblem(401, "authentication_failed");
        await service.At().SignIn("forgot@example.com", Better);
        (await Reset(service, token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    [Theory]
    [InlineData("changes the password")]
    [InlineData("ends all other sessions")]
    [InlineData("signs out everywhere")]
    [InlineData("signs out everywhere with the refresh token")]
    [InlineData("is signed out by an administrator")]
    [InlineData("is deactivated and activated again")]
    public async Task A_reset_link_is_not_valid_any_more_when_its_user(string what)
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, email, user) = await service.Joined(admin, slug, "User");
        (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
        await Mails(service, 1, "password_reset", email);
        var token = await service.MailedToken(email);

        foreach (var change in Changes())
            (await change).Status.ShouldBeInRange(200, 204);

        (await Reset(service, token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");

        IEnumerable<Task<Answer>> Changes()
        {
            if (what == "changes the password")
                yield return user.Post(
                    "auth/password-change",
                    new { current_password = Service.Password, new_password = "another horse and three batteries" }
                );
            else if (what == "ends all other sessions")
                yield return user.Delete("auth/sessions");
            else if (what == "signs out everywhere")
                yield return user.Post("auth/logout", new { all_sessions = true });
            else if (what == "signs out everywhere with the refresh token")
                yield return service
                    .At()
                    .Post("auth/logout", new { refresh_token = user.RefreshToken, all_sessions = true });
            else if (what == "is signed out by an administrator")
                yield return admin.Delete($"users/{id}/sessions");
            else
            {
                yield return admin.Post($"users/{id}/deactivate");
                yield return admin.Post($"users/{id}/activate");
            }
        }
    }

    [Fact]
    public async Task The_answer_does_not_tell_whether_there_is_an_account()
    {
        await service.At().NewUser("known-reset@example.com");
        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 25; i++)
        {
            known.Add(await Time("known-reset@example.com"));
            unknown.Add(await Time($"unknown-{i}@example.com"));
        }

        known.Sort();
        unknown.Sort();
        (unknown[12] / known[12]).ShouldBeInRange(0.5, 2);

        async Task<double> Time(string email)
        {
            var watch = Stopwatch.StartNew();
            var answer = await Ask(service, email);
            (answer.Status, answer.Text).ShouldBe((202, ""));
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task A_token_whose_user_is_deleted_at_that_moment_is_not_good_any_more()
    {
        await using var own = await cluster.Start();
        await own.At().NewUser("going@example.com");
        var token = await Asked(own, "going@example.com");

        var reset = await own.WhileHeld(
            "SELECT FROM users WHERE email = 'going@example.com' FOR UPDATE",
            () => Reset(own, token),
            then: "DELETE FROM users WHERE email = 'going@example.com'"
        );

        reset.ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    [Fact]
    public async Task A_link_is_good_for_an_hour()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        await timed.At().NewUser("slow@example.com");
        var token = await Asked(timed, "slow@example.com");

        clock.Advance(TimeSpan.FromMinutes(60));

        (await Reset(timed, token)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
    }

    [Fact]
    public async Task Requests_that_a_dead_instance_left_are_answered_once_by_those_that_live()
    {
        var database = await cluster.NewDatabase();
        await using (
            var dying = await cluster.Start(
                database,
                replace: services =>
                    services.Remove(
                        services.Single(service =>
                            service.ImplementationType == typeof(Tenantry.Features.Auth.Mails.MailRequestWorker)
                        )
                    )
            )
        )
        {
            for (var i = 0; i < 10; i++)
            {
                await dying.At().NewUser($"left-{i}@example.com");
                (await Ask(dying, $"left-{i}@example.com")).Status.ShouldBe(202);
            }
        }

        var living = await Task.WhenAll(cluster.Start(database), cluster.Start(database), cluster.Start(database));

        await Mails(living[0], 10);
        (
            await living[0]
                .Ask<long>(
                    "SELECT count(DISTINCT recipient) FROM notification_logs WHERE template_name = 'password_reset'"
                )
        ).ShouldBe(10);
        (await living[0].Ask<long>("SELECT count(*) FROM mail_requests")).ShouldBe(0);
        foreach (var instance in living)
            await instance.DisposeAsync();
    }

    [Fact]
    public async Task A_password_reset_for_an_inactive_or_unknown_user_sends_no_mail()
    {
        await using var own = await cluster.Start();
        await own.At().NewUser("off@example.com");
        await own.Sql("UPDATE users SET is_active = false WHERE email = 'off@example.com'");
        await own.At().NewUser("last@example.com");
        await Ask(own, "off@example.com");
        await Ask(own, "nobody@example.com");
        await own.At("platform").Post("auth/password-reset-request", new { email = "last@example.com" }); // of another tenant
        await Asked(own, "last@example.com"); // when this one is answered, so are those before

        (await own.Ask<long>("SELECT count(*) FROM notification_logs WHERE template_name = 'password_reset'")).ShouldBe(
            1
        );
    }

    [Fact]
    public async Task The_verification_mail_comes_again_to_whom_it_is_due()
    {
        await service.At().NewUser("resend@example.com");

        (await service.At().Post("auth/verify-email/resend", new { email = "RESEND@example.com" })).Status.ShouldBe(
            202
        );
        await Mails(service, 1, "verify_email", "resend@example.com");
        (
            await service
                .At()
                .Post("auth/verify-email", new { token = await service.MailedToken("resend@example.com") })
        ).Status.ShouldBe(204);

        (await service.At().Post("auth/verify-email/resend", new { email = "resend@example.com" })).Status.ShouldBe(
            202
        );
        await Asked(service, "resend@example.com"); // answered after the one before
        (
            await service.Ask<long>(
                "SELECT count(*) FROM notification_logs WHERE template_name = 'verify_email' AND recipient = 'resend@example.com'"
            )
        ).ShouldBe(1);
    }

    private static Task<Answer> Ask(Service at, string email) =>
        at.At().Post("auth/password-reset-request", new { email });

    private static Task<Answer> Reset(Service at, string token) =>
        at.At().Post("auth/password-reset", new { token, new_password = Better });

    private static async Task<string> Asked(Service at, string email, int mails = 1)
    {
        (await Ask(at, email)).Status.ShouldBe(202);
        await Mails(at, mails, "password_reset", email);
        return await at.MailedToken(email);
    }

    /// <summary>The mail is made after the answer: waits until there are so many.</summary>
    private static async Task Mails(Service at, int count, string template = "password_reset", string recipient = "%")
    {
        var watch = Stopwatch.StartNew();
        while (
            await at.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE template_name = '{template}' AND recipient LIKE '{recipient}'"
            ) < count
        )
            watch.Elapsed.ShouldBeLessThan(Patience.Of, "no mail came");
    }
}
