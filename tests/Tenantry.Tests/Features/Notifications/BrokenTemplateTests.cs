using Microsoft.Extensions.Time.Testing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications;

/// <summary>
/// A tenant's templates that cannot be used, as a version before may have taken them, for every mail that the service
/// sends by itself. What the mail tells of happens all the same.
/// </summary>
public sealed class BrokenTemplateTests(BrokenTemplateTests.Timed timed) : IClassFixture<BrokenTemplateTests.Timed>
{
    private static readonly string[] Names =
    [
        "verify_email",
        "address_taken",
        "password_reset",
        "password_changed",
        "session_reused",
        "account_deleted",
        "new_device",
        "invitation",
    ];

    private readonly Service service = timed.Service;

    /// <summary>How it is broken, and subject, body, translations and variables that are.</summary>
    public static TheoryData<string, string, string, string, string> Broken =>
        new()
        {
            { "does not parse", "{{ x", "{% if %} {{ action }}", "{}", "[]" },
            { "uses what it does not declare", "{{ nobody }}", "{{ action }} {{ nobody.name | upcase }}", "{}", "[]" },
            { "variables of another shape", "s", "{{ action }} b", "{}", """{"a":1}""" },
            { "translations of another shape", "s", "{{ action }} b", """{"de":5}""", "[]" },
            { "U+0000 in the text", "s", "{{ action }} {{ '%00' | url_decode }}", "{}", "[]" },
            { "U+0000 in the subject", "{{ '%00' | url_decode }}", "{{ action }} b", "{}", "[]" },
            { "half of a character", "s", "{{ action }} {{ '😀' | slice: 0 }}", "{}", "[]" },
            {
                "too many steps",
                "s",
                "{{ action }} {% for i in (1..999) %}{% for j in (1..999) %}{{ i }}{% endfor %}{% endfor %}",
                "{}",
                "[]"
            },
            {
                "too long a text",
                "s",
                "{{ action }} {% for i in (1..900) %}" + new string('x', 120) + "{% endfor %}",
                "{}",
                "[]"
            },
            { "an arithmetic that cannot be done", "s", "{{ action }} {{ 1 | divided_by: 0 }}", "{}", "[]" },
            { "no subject", "{{ '' }}", "{{ action }} b", "{}", "[]" },
            { "nothing to say, and no link", "s", "{{ '' }}", "{}", "[]" },
        };

    [Theory, MemberData(nameof(Broken))]
    public async Task A_broken_template_does_not_prevent_the_change_that_its_mail_reports(
        string how,
        string subject,
        string body,
        string translations,
        string variables
    )
    {
        var (slug, tenant, admin) = await service.NewTenant();
        (
            await admin.Put(
                $"tenants/{tenant}",
                new
                {
                    name = slug,
                    registration = "open",
                    verification_required = true,
                    mail_on_new_device = true,
                }
            )
        ).Status.ShouldBe(200, how);
        var (_, email, user) = await service.Joined(admin, slug, "User");
        var other = await service.Joined(admin, slug, "User");
        foreach (var name in Names)
        {
            var isSecurity = name is "verify_email" or "password_reset" or "invitation";
            await Plant(
                tenant,
                name,
                subject,
                isSecurity ? body : body.Replace("{{ action }}", "", StringComparison.Ordinal),
                translations,
                variables
            );
        }

        // Reuse of a refresh token ends the session.
        var successor = await Refresh(slug, user.RefreshToken);
        successor.Status.ShouldBe(200, successor.Text);
        timed.Clock.Advance(TimeSpan.FromSeconds(11));
        (await Refresh(slug, user.RefreshToken)).ShouldBeProblem(401, "token_revoked");
        (await Refresh(slug, successor.Text("refresh_token"))).ShouldBeProblem(401, "token_revoked");
        (await user.Get("auth/me")).ShouldBeProblem(401, "token_revoked");
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events WHERE tenant_id = '{tenant}' AND outcome = 'refresh_token_reused'"
            )
        ).ShouldBe(1, how);

        // A sign-in from a new device, a change of password, the end of an account.
        var again = await service.At(slug).From("198.51.100.7").SignIn(email);
        (
            await again.Post(
                "auth/password-change",
                new { current_password = Service.Password, new_password = "another horse battery" }
            )
        ).Status.ShouldBeLessThan(300, how);
        (await service.At(slug).SignIn(email, "another horse battery")).Token.ShouldNotBeNull();
        (
            await other.Visitor.Send(
                HttpMethod.Delete,
                "auth/me",
                System.Net.Http.Json.JsonContent.Create(new { password = Service.Password })
            )
        ).Status.ShouldBe(204, how);

        // An invitation, registrations, a reset: in the service's own words, with a link that works.
        var (invited, registered) = ($"in@{slug}.example", $"new@{slug}.example");
        (await admin.Post("users", new { email = invited, first_name = "Ada" })).Status.ShouldBe(201, how);
        (
            await service
                .At(slug)
                .Post(
                    "auth/register",
                    new
                    {
                        email = registered,
                        password = Service.Password,
                        first_name = "Ada",
                    }
                )
        ).Status.ShouldBe(201, how);
        (
            await service
                .At(slug)
                .Post(
                    "auth/register",
                    new
                    {
                        email,
                        password = Service.Password,
                        first_name = "Ada",
                    }
                )
        ).Status.ShouldBe(201, how);
        (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202, how);
        await service.Until(
            $"SELECT count(DISTINCT template_name) = {Names.Length} FROM notification_logs WHERE tenant_id = '{tenant}'"
        );
        (
            await service
                .At()
                .Post(
                    "auth/accept-invitation",
                    new
                    {
                        token = await service.MailedToken(invited),
                        password = Service.Password,
                        first_name = "Ada",
                    }
                )
        ).Status.ShouldBe(201, how);
        (
            await service.At().Post("auth/verify-email", new { token = await service.MailedToken(registered) })
        ).Status.ShouldBeLessThan(300, how);

        // And the tenant's people see why. What a security mail is filled with is not the row's to say.
        var broken = variables.StartsWith('{') ? Names.Length - 3 : Names.Length;
        await service.Until(
            $"SELECT count(*) = {broken} FROM notification_templates WHERE tenant_id = '{tenant}' AND problem <> '' AND problem_at IS NOT NULL"
        );
        (await admin.Get("notifications/templates"))
            .Items()
            .Count(template => template!["problem"] is not null)
            .ShouldBe(broken, how);
    }

    [Fact]
    public async Task A_new_text_clears_the_problem_of_a_template_and_sending_a_broken_one_names_the_field()
    {
        var (_, tenant, admin) = await service.NewTenant();
        await Plant(tenant, "order_sent", "s", "{{ x", "{}", "[]");
        await Plant(tenant, "password_changed", "s", "{{ x", "{}", "[]");
        var id = (await admin.Get("notifications/templates?name=password_changed")).Json["items"]![0]![
            "id"
        ]!.GetValue<string>();

        (await admin.Get($"notifications/templates/{id}")).Text("problem").ShouldContain("body line 1");
        (
            await admin.Post($"notifications/templates/{id}/preview", new { template_vars = new { tenant_name = "x" } })
        ).ShouldBeProblem(409, "conflict");
        var changed = await admin.Put($"notifications/templates/{id}", new { subject = "s", body = "b" });
        (await admin.Post("notifications/email", new { recipient = "ada@example.com", template_name = "order_sent" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("template_name");

        changed.Status.ShouldBe(200, changed.Text);
        changed.Json["problem"].ShouldBeNull();
        changed.Json["problem_at"].ShouldBeNull();
    }

    [Fact]
    public async Task Names_in_a_mail_of_the_service_are_one_line_of_whole_characters()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        await service.Sql(
            $"UPDATE tenants SET name = E'Acme\\r\\nBcc: x@example.com\\u0007\\u2028 ' WHERE id = '{tenant}'"
        );
        await service.Until($"SELECT name LIKE 'Acme%' FROM tenants WHERE id = '{tenant}'");
        await using var fresh = await timed.Another();

        (
            await fresh
                .At(slug)
                .With(admin.Token)
                .Post("users", new { email = $"line@{slug}.example", first_name = "Ada" })
        ).Status.ShouldBe(201);

        await fresh.Settled();
        var mail = (await service.At().Get($"/dev/mailbox?recipient=line@{slug}.example")).Json["items"]![0]!;
        mail.Text("subject").ShouldBe("You are invited to Acme  Bcc: x@example.com");
        mail.Text("body").ShouldContain("You are invited to join Acme  Bcc: x@example.com. Choose");
    }

    private Task<Answer> Refresh(string slug, string token) =>
        service.At(slug).Post("auth/refresh", new { refresh_token = token });

    private Task Plant(Guid tenant, string name, string subject, string body, string translations, string variables) =>
        service.Sql(
            $"""
            INSERT INTO notification_templates (tenant_id, id, name, type, locale, subject, body, translations, variables, is_active, revision, created_at, updated_at)
            VALUES ('{tenant}', gen_random_uuid(), '{name}', 'email', 'en', $x${subject}$x$, $x${body}$x$, $x${translations}$x$, $x${variables}$x$, true, 1, now(), now())
            """
        );

    /// <summary>A service whose clock is the test's.</summary>
    public sealed class Timed(Cluster cluster) : IAsyncLifetime
    {
        private Service? service;

        public Service Service => service!;

        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

        public async ValueTask InitializeAsync() =>
            service = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(Clock));

        public Task<Service> Another() =>
            cluster.Start(Service.Database, replace: services => services.AddSingleton<TimeProvider>(Clock));

        public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
