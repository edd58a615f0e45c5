using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Features.Users;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Users;

/// <summary>What a stranger who knows an address can do by asking for mails to it.</summary>
public sealed class MailCooldownTests(Cluster cluster)
{
    [Fact]
    public async Task A_second_reset_request_leaves_the_first_link_valid_and_a_third_does_not()
    {
        await using var service = await Timed();
        await service.Service.At().NewUser("ada@example.com");
        var first = await service.Reset("ada@example.com", mails: 1);
        var second = await service.Reset("ada@example.com", mails: 2);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        var third = await service.Reset("ada@example.com", mails: 3);

        (await service.Choose(first)).ShouldBeProblem(400, "validation_failed").ShouldNameField("token");
        (await service.Choose(second)).Status.ShouldBe(204);
        // One reset uses up every link that was mailed for it.
        (await service.Choose(third))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Fact]
    public async Task Many_reset_requests_from_many_addresses_do_not_flood_a_mailbox()
    {
        await using var service = await Timed();
        await service.Service.At().NewUser("ada@example.com");
        await service.Service.At().NewUser("last@example.com");

        for (var i = 0; i < 20; i++)
        {
            var from = ("X-Forwarded-For", $"203.0.113.{i}");
            var asked = await service
                .Service.At()
                .Send(
                    HttpMethod.Post,
                    "auth/password-reset-request",
                    JsonContent.Create(new { email = i % 2 == 0 ? "ada@example.com" : "ADA@example.com" }),
                    from
                );
            asked.Status.ShouldBe(202, asked.Text);
        }
        await service.Reset("last@example.com", mails: 1); // answered after those before

        (await service.Mails("password_reset", "ada@example.com")).ShouldBe(2);
        service.Clock.Advance(MailCooldown.Longest);
        await service.Reset("ada@example.com", mails: 3);
    }

    [Fact]
    public async Task Registering_a_taken_address_again_and_again_writes_to_its_owner_twice()
    {
        await using var service = await Timed();
        var (slug, _, admin) = await service.Service.NewTenant();
        await OpenTo(service.Service, slug, admin);
        await Register(service.Service, slug, "Owner@example.com", "Ada");
        await service.Service.Sql("UPDATE users SET email_verified = true WHERE email = 'Owner@example.com'");

        for (var i = 0; i < 6; i++)
            (
                await Register(service.Service, slug, i % 2 == 0 ? "owner@example.com" : "OWNER@EXAMPLE.COM", "Eve")
            ).Status.ShouldBe(201);

        (await service.Mails("address_taken", "Owner@example.com")).ShouldBe(2);
        (
            await service.Service.Ask<long>(
                "SELECT count(*) FROM notification_logs WHERE template_name = 'address_taken'"
            )
        ).ShouldBe(2);
    }

    [Fact]
    public async Task An_invitation_that_is_sent_again_and_again_is_refused_with_the_time_to_wait()
    {
        await using var service = await Timed();
        var (_, _, admin) = await service.Service.NewTenant();
        var invited = await admin.Post("users", new { email = "new@example.com", first_name = "New" });
        var path = $"users/{invited.Json["id"]}/invitation";

        (await admin.Post(path, new { })).Status.ShouldBe(202);
        var refused = await admin.Post(path, new { });
        refused.ShouldBeProblem(429, "rate_limit_exceeded").Header("Retry-After").ShouldBe("60");
        // Nor by taking the user back and inviting the address anew.
        (await admin.Delete(path)).Status.ShouldBe(204);
        (await admin.Post("users", new { email = "new@example.com" })).ShouldBeProblem(429, "rate_limit_exceeded");
        (await admin.Post("users", new { email = "NEW@Example.com" })).ShouldBeProblem(429, "rate_limit_exceeded");

        service.Clock.Advance(TimeSpan.FromMinutes(1));
        (await admin.Post("users", new { email = "new@example.com" })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Of_many_requests_at_once_for_one_address_as_many_mails_go_as_one_after_the_other()
    {
        await using var service = await Timed();
        var (_, _, admin) = await service.Service.NewTenant();
        var invited = await admin.Post("users", new { email = "new@example.com", first_name = "New" });

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => admin.Post($"users/{invited.Json["id"]}/invitation", new { }))
        );

        answers.Count(answer => answer.Status == 202).ShouldBe(1);
        (await service.Mails("invitation", "new@example.com")).ShouldBe(2);
    }

    [Theory]
    [InlineData("Ada", true)]
    [InlineData("Jean-Paul O'Neil", true)]
    [InlineData("Dr. María José", true)]
    [InlineData("https://evil.example/win", false)]
    [InlineData("Win at www.evil.example", false)]
    [InlineData("evil.example", false)]
    [InlineData("write to eve@evil.example", false)]
    [InlineData("＠evil。example", false)]
    [InlineData("www.x.y", false)]
    [InlineData("x.y/z", false)]
    [InlineData("evil．example", false)]
    [InlineData("evil｡example", false)]
    [InlineData("evil․example", false)]
    [InlineData("evilꓸexample", false)]
    [InlineData("Call 0900 123", false)]
    public async Task A_mail_to_an_unproven_address_shows_a_name_only_where_it_can_hold_no_link(
        string name,
        bool isShown
    )
    {
        await using var service = await Timed();
        var (slug, _, admin) = await service.Service.NewTenant();
        await OpenTo(service.Service, slug, admin);

        (await Register(service.Service, slug, "someone@example.com", name)).Status.ShouldBe(201);
        (await admin.Post("users", new { email = "invited@example.com", first_name = name })).Status.ShouldBe(201);

        foreach (var recipient in new[] { "someone@example.com", "invited@example.com" })
        {
            var mail = (await service.Service.At().Get($"/dev/mailbox?recipient={recipient}")).Json["items"]![0]!;
            mail.Text("body").Contains(name, StringComparison.Ordinal).ShouldBe(isShown);
            mail.Text("body").ShouldStartWith(isShown ? $"Hello {name}," : "Hello,");
        }
    }

    [Fact]
    public async Task A_tenants_own_template_gets_the_name_under_the_same_rule()
    {
        await using var service = await Timed();
        var (slug, _, admin) = await service.Service.NewTenant();
        await OpenTo(service.Service, slug, admin);
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "verify_email",
                    type = "email",
                    subject = "For [{{ first_name }}]",
                    body = "Dear [{{ first_name }}] {{ action }}",
                }
            )
        ).Status.ShouldBe(201);

        await Register(service.Service, slug, "stranger@example.com", "Win at https://evil.example");

        var mail = (await service.Service.At().Get("/dev/mailbox?recipient=stranger@example.com")).Items()[0]!;
        mail.Text("subject").ShouldBe("For []");
        mail.Text("body").ShouldStartWith("Dear []");
    }

    [Fact]
    public async Task A_thief_of_a_session_cannot_put_a_link_into_the_warning_that_the_owner_gets()
    {
        await using var service = await Timed();
        var (slug, _, admin) = await service.Service.NewTenant();
        (await admin.Patch("auth/me", new { first_name = "Undo at https://evil.example" })).Status.ShouldBe(200);

        (await admin.Post("auth/email-change", new { email = "thief@example.com" })).Status.ShouldBe(202);
        var token = await service.Service.MailedToken("thief@example.com");
        (await service.Service.At().Post("auth/email-change/confirm", new { token })).Status.ShouldBe(204);

        var mail = (await service.Service.At().Get($"/dev/mailbox?recipient=admin@{slug}.example")).Items()[0]!;
        mail.Text("body").ShouldStartWith("Hello,");
        mail.Text("body").ShouldNotContain("evil");
    }

    [Fact]
    public async Task Registrations_and_address_changes_share_the_pause_of_one_recipient()
    {
        await using var service = await Timed();
        var (slug, _, admin) = await service.Service.NewTenant();
        await OpenTo(service.Service, slug, admin);
        const string victim = "victim@example.com";
        for (var i = 0; i < 3; i++)
            await Register(service.Service, slug, victim, "Eve");

        (await admin.Post("auth/email-change", new { email = victim })).Status.ShouldBe(202);

        (await service.Mails("verify_email", victim)).ShouldBe(2);
        (await service.Mails("email_change", victim)).ShouldBe(0);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        (await admin.Post("auth/email-change", new { email = victim })).Status.ShouldBe(202);
        (await service.Mails("email_change", victim)).ShouldBe(1);
    }

    [Fact]
    public async Task Resets_of_a_password_share_the_pause_with_links_to_set_the_first_one()
    {
        await using var service = await Timed();
        var (_, _, admin) = await service.Service.NewTenant();
        const string email = "ada@example.com";
        (await admin.Post("users", new { email, first_name = "Ada" })).Status.ShouldBe(201);
        for (var i = 0; i < 2; i++)
        {
            await admin.Post("auth/password-reset-request", new { email });
            await service.Service.Until(
                $"SELECT count(*) > {i} FROM notification_logs WHERE template_name = 'set_password'"
            );
        }
        (await service.Choose(await service.Service.MailedToken(email))).Status.ShouldBe(204);

        await admin.Post("auth/password-reset-request", new { email });
        await service.Service.Until("SELECT NOT EXISTS (SELECT FROM mail_requests)");

        (await service.Mails("password_reset", email)).ShouldBe(0);
    }

    private static async Task OpenTo(Service service, string slug, Visitor admin)
    {
        var id = await service.Ask<Guid>($"SELECT id FROM tenants WHERE slug = '{slug}'");
        (
            await admin.Put(
                $"tenants/{id}",
                new
                {
                    name = slug,
                    registration = "open",
                    verification_required = true,
                }
            )
        ).Status.ShouldBe(200);
    }

    private static Task<Answer> Register(Service service, string slug, string email, string name) =>
        service
            .At(slug)
            .Post(
                "auth/register",
                new
                {
                    email,
                    password = Service.Password,
                    first_name = name,
                }
            );

    private async Task<TimedService> Timed()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        return new TimedService(
            await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock)),
            clock
        );
    }

    private sealed record TimedService(Service Service, FakeTimeProvider Clock) : IAsyncDisposable
    {
        /// <summary>Asks for a reset and waits until there are so many mails.</summary>
        /// <returns>the token in the newest</returns>
        public async Task<string> Reset(string email, int mails)
        {
            (await Service.At().Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
            await Service.Until(
                $"SELECT count(*) >= {mails} FROM notification_logs WHERE template_name = 'password_reset' AND recipient = '{email}'"
            );
            return await Service.MailedToken(email);
        }

        public Task<long> Mails(string template, string recipient) =>
            Service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE template_name = '{template}' AND recipient = '{recipient}'"
            );

        public Task<Answer> Choose(string token) =>
            Service.At().Post("auth/password-reset", new { token, new_password = "a better one than before" });

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
