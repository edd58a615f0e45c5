using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications.Delivery;

/// <summary>
/// What becomes of messages between the request and a mail server that checks names, passwords and encryption.
/// </summary>
public sealed class DeliveryTests(DeliveryTests.Mailing mailing) : IClassFixture<DeliveryTests.Mailing>
{
    private readonly Service service = mailing.Service;
    private readonly SmtpSink sink = mailing.Sink;

    [Fact]
    public async Task A_mail_is_sent_encrypted_and_authenticated_and_its_row_records_the_delivery()
    {
        var (slug, _, admin) = await mailing.NewTenant();

        var accepted = await admin.Post(
            "notifications/email",
            new
            {
                recipient = "ada@example.com",
                subject = "Grüezi ✓",
                body = "Text\n.\nEnd",
                html_body = "<p>Text</p>",
            }
        );

        accepted.Status.ShouldBe(202, accepted.Text);
        accepted.Text("status").ShouldBe("queued");
        accepted.Header("Location").ShouldBe($"/api/v1/notifications/{accepted.Json["id"]}");
        var row = await Ended(admin, accepted);
        row.Text("status").ShouldBe("sent");
        row.Text("transport").ShouldBe("smtp");
        row.Number("attempts").ShouldBe(1);
        row["sent_at"].ShouldNotBeNull();
        var mail = await sink.MailTo("ada@example.com");
        (mail.IsEncrypted, mail.User).ShouldBe((true, SmtpSink.User));
        mail.Mime.Subject.ShouldBe("Grüezi ✓");
        mail.Body.ReplaceLineEndings("\n").Trim().ShouldBe("Text\n.\nEnd");
        mail.Mime.HtmlBody!.Trim().ShouldBe("<p>Text</p>");
        mail.Mime.From.ToString().ShouldContain(slug);
        mail.Mime.MessageId!.ShouldStartWith(Guid.Parse(row.Text("id")).ToString("N"));
        mail.Mime.MessageId.ShouldBe(row.Text("provider_id"));
        mail.Mime.Headers["X-Tenantry-Notification"]!.ShouldEndWith(row.Text("id"));
    }

    [Theory]
    [InlineData("451 4.3.0 later", "451")]
    [InlineData(SmtpSink.DropBefore, "lost")]
    [InlineData(SmtpSink.Hang, "did not answer")]
    public async Task What_passes_by_itself_is_tried_again(string trouble, string said)
    {
        var (_, _, admin) = await mailing.NewTenant();
        var address = $"{Guid.NewGuid():N}@example.com";
        var tries = 0;
        mailing.Trouble[address] = _ => Interlocked.Increment(ref tries) == 1 ? trouble : null;

        var accepted = await admin.Post(
            "notifications/email",
            new
            {
                recipient = address,
                subject = "s",
                body = "b",
            }
        );
        var waiting = await Until(admin, accepted, row => row["error_message"] is not null);
        var row = await Ended(admin, accepted);

        waiting.Text("status").ShouldBe("queued");
        waiting.Text("error_message").ShouldContain(said);
        waiting["next_attempt_at"].ShouldNotBeNull();
        row.Text("status").ShouldBe("sent");
        row.Number("attempts").ShouldBe(2);
        row["error_message"].ShouldBeNull();
        sink.Mails.Count(mail => mail.Recipients.Contains(address)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_taken_unheard_comes_again_under_the_same_id()
    {
        var (_, _, admin) = await mailing.NewTenant();
        var address = $"{Guid.NewGuid():N}@example.com";
        var tries = 0;
        mailing.Trouble[address] = _ => Interlocked.Increment(ref tries) == 1 ? SmtpSink.DropAfter : null;

        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = address,
                    subject = "s",
                    body = "b",
                }
            )
        );

        var twice = sink.Mails.Where(mail => mail.Recipients.Contains(address)).ToList();
        twice.Count.ShouldBe(2);
        twice.Select(mail => mail.Mime.MessageId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_permanent_failure_is_not_retried_until_the_caller_requests_it()
    {
        var (_, _, admin) = await mailing.NewTenant();
        var address = $"{Guid.NewGuid():N}@example.com";
        mailing.Refused[address] = "550 5.1.1 no such user";

        var accepted = await admin.Post(
            "notifications/email",
            new
            {
                recipient = address,
                subject = "s",
                body = "b",
            }
        );
        var row = await Ended(admin, accepted);
        mailing.Refused.TryRemove(address, out _);
        (await admin.Post($"notifications/{accepted.Json["id"]}/cancel")).ShouldBeProblem(409, "conflict");
        var again = await admin.Post($"notifications/{accepted.Json["id"]}/retry");

        (row.Text("status"), row.Number("attempts")).ShouldBe(("failed", 1));
        row.Text("error_message").ShouldContain("5.1.1 no such user");
        again.Status.ShouldBe(202);
        (await Ended(admin, accepted)).Text("status").ShouldBe("sent");
        (await admin.Post($"notifications/{accepted.Json["id"]}/retry")).ShouldBeProblem(409, "conflict");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("\0\u0007")]
    public async Task Any_text_in_the_reply_of_a_mail_server_leaves_the_queue_working(string before)
    {
        var (_, _, admin) = await mailing.NewTenant();
        var address = $"{Guid.NewGuid():N}@example.com";
        mailing.Trouble[address] = _ => "550 5.7.1 " + before + string.Concat(Enumerable.Repeat("😀", 300)); // longer than is kept, and cut between two or within one

        var row = await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = address,
                    subject = "s",
                    body = "b",
                }
            )
        );
        var next = await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"{Guid.NewGuid():N}@example.com",
                    subject = "s",
                    body = "b",
                }
            )
        );

        (row.Text("status"), next.Text("status")).ShouldBe(("failed", "sent"));
        row.Text("error_message").ShouldContain("😀😀");
        row.Text("error_message").Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_for_later_waits_and_can_be_stopped()
    {
        var (_, _, admin) = await mailing.NewTenant();
        var (soon, never) = ($"soon-{Guid.NewGuid():N}@example.com", $"never-{Guid.NewGuid():N}@example.com");
        var at = DateTimeOffset.UtcNow.AddSeconds(1.2);

        var first = await admin.Post(
            "notifications/email",
            new
            {
                recipient = soon,
                subject = "s",
                body = "b",
                send_at = at,
            }
        );
        var second = await admin.Post(
            "notifications/email",
            new
            {
                recipient = never,
                subject = "s",
                body = "b",
                send_at = at,
            }
        );
        var stopped = await admin.Post($"notifications/{second.Json["id"]}/cancel");
        var row = await Ended(admin, first);

        stopped.Status.ShouldBe(200);
        stopped.Text("status").ShouldBe("cancelled");
        DateTimeOffset
            .Parse(row.Text("sent_at"), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeGreaterThanOrEqualTo(at.AddMilliseconds(-5));
        sink.Mails.ShouldNotContain(mail => mail.Recipients.Contains(never));
    }

    [Fact]
    public async Task A_tenants_sender_is_its_own_address_only_under_a_domain_that_it_has_proved()
    {
        var (slug, id, admin) = await mailing.NewTenant();
        (
            await admin.Put(
                $"tenants/{id}",
                new
                {
                    name = slug,
                    sender_name = "Acme\r\nBcc: x@example.com",
                    sender_address = "hello@acme.example",
                }
            )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("sender_name");
        (
            await admin.Put(
                $"tenants/{id}",
                new
                {
                    name = slug,
                    sender_name = "Acme",
                    sender_address = "hello@acme.example",
                    custom_domain = "acme.example",
                }
            )
        ).Status.ShouldBe(200);
        var (before, after) = ($"before-{slug}@example.com", $"after-{slug}@example.com");

        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = before,
                    subject = "s",
                    body = "b",
                }
            )
        );
        await service.Sql($"UPDATE tenants SET custom_domain_verified_at = now() WHERE id = '{id}'");
        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = after,
                    subject = "s",
                    body = "b",
                }
            )
        );

        var (first, second) = ((await sink.MailTo(before)).Mime, (await sink.MailTo(after)).Mime);
        (first.From.ToString(), first.ReplyTo.ToString()).ShouldBe(
            ("\"Acme\" <no-reply@localhost>", "\"Acme\" <hello@acme.example>")
        );
        (second.From.ToString(), second.ReplyTo.Count).ShouldBe(("\"Acme\" <hello@acme.example>", 0));
    }

    [Fact]
    public async Task A_tenants_name_that_reads_as_an_address_is_shown_without_what_makes_it_one()
    {
        var (slug, id, admin) = await mailing.NewTenant();
        var recipient = $"named-{slug}@example.com";
        await service.Sql(
            $"UPDATE tenants SET name = 'Bank <support@bank.example>', sender_name = NULL WHERE id = '{id}'"
        );

        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient,
                    subject = "s",
                    body = "b",
                }
            )
        );

        var from = (await sink.MailTo(recipient)).Mime.From.Mailboxes.Single();
        (from.Name, from.Address).ShouldBe(("Bank support bank.example", "no-reply@localhost"));
    }

    [Fact]
    public async Task A_mail_of_the_service_is_sent_over_SMTP_and_its_token_is_neither_shown_nor_kept()
    {
        var (slug, id, admin) = await mailing.NewTenant();
        var address = $"invited@{slug}.example";

        (await admin.Post("users", new { email = address, first_name = "Ada" })).Status.ShouldBe(201);
        var mail = await sink.MailTo(address);
        var listed = (await admin.Get($"notifications/history?recipient={address}")).Items().ShouldHaveSingleItem()!;
        var row = await Until(admin, listed.Text("id"), one => one.Text("status") == "sent");

        mail.Body.ShouldContain("token=");
        row["body"].ShouldBeNull();
        row["subject"].ShouldBeNull();
        row.Text("template_name").ShouldBe("invitation");
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND (body LIKE '%token=%' OR subject IS NOT NULL AND is_secret)"
            )
        ).ShouldBe(0);
    }

    [Theory]
    [InlineData("451 4.7.1", "queued")]
    [InlineData("550 5.7.1", "failed")]
    public async Task What_a_provider_quotes_of_a_security_mail_is_neither_kept_nor_shown(string code, string status)
    {
        var (slug, id, admin) = await mailing.NewTenant();
        var address = $"quoted@{slug}.example";
        var token = new TaskCompletionSource<string>();
        mailing.Trouble[address] = mail =>
        {
            var sent = Uri.UnescapeDataString(mail.Body.Split("token=")[1].Split('\n')[0].Trim());
            token.TrySetResult(sent);
            return $"{code} {sent} refused: token={sent}";
        };

        (await admin.Post("users", new { email = address, first_name = "Ada" })).Status.ShouldBe(201);
        var quoted = await token.Task.WaitAsync(Patience.Of, TestContext.Current.CancellationToken);
        var listed = (await admin.Get($"notifications/history?recipient={address}")).Items().ShouldHaveSingleItem()!;
        var row = await Until(
            admin,
            listed.Text("id"),
            one => one.Text("status") == status && one["error_message"] is not null
        );
        mailing.Trouble.TryRemove(address, out _);

        row.Text("error_message").ShouldBe($"The provider answered {code[..3]}.");
        row.ToJsonString().ShouldNotContain(quoted);
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs n WHERE tenant_id = '{id}' AND to_jsonb(n)::text LIKE '%{quoted[8..]}%'"
            )
        ).ShouldBe(0);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("cancelled")]
    [InlineData("suppressed")]
    [InlineData("bounced")]
    public async Task Whatever_ends_a_security_mail_the_database_forgets_its_texts(string status)
    {
        var (slug, id, admin) = await mailing.NewTenant();
        var address = $"ended@{slug}.example";
        mailing.Trouble[address] = _ => "451 4.3.0 later";
        (await admin.Post("users", new { email = address, first_name = "Ada" })).Status.ShouldBe(201);
        await service.Until(
            $"SELECT error_message IS NOT NULL FROM notification_logs WHERE tenant_id = '{id}' AND recipient = '{address}'"
        );
        // What a version before left readable goes as well.
        (
            await service.Ask<bool>(
                $"SELECT sealed_text IS NOT NULL AND body IS NULL AND subject IS NULL FROM notification_logs WHERE tenant_id = '{id}' AND recipient = '{address}'"
            )
        ).ShouldBeTrue();

        await service.Sql(
            $"UPDATE notification_logs SET status = '{status}', is_ready = false, subject = 's', body = 'b', html_body = 'h' WHERE tenant_id = '{id}' AND recipient = '{address}'"
        );

        (
            await service.Ask<long>(
                $"SELECT num_nonnulls(sealed_text, subject, body, html_body)::bigint FROM notification_logs WHERE tenant_id = '{id}' AND recipient = '{address}'"
            )
        ).ShouldBe(0);
        var listed = (await admin.Get($"notifications/history?recipient={address}")).Items().ShouldHaveSingleItem()!;
        (await admin.Post($"notifications/{listed["id"]}/retry")).ShouldBeProblem(409, "conflict");
        mailing.Trouble.TryRemove(address, out _);
    }

    [Fact]
    public async Task Connections_are_kept_and_shared()
    {
        var (_, _, admin) = await mailing.NewTenant();
        var before = sink.Connections;

        var all = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    admin.Post(
                        "notifications/email",
                        new
                        {
                            recipient = $"many{i}@example.com",
                            subject = "s",
                            body = "b",
                        }
                    )
                )
        );
        foreach (var one in all)
            await Ended(admin, one);

        (sink.Connections - before).ShouldBeLessThanOrEqualTo(8);
    }

    [Fact]
    public async Task What_markets_carries_a_way_out_that_is_taken_with_one_click_and_honoured()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var address = $"Reader@{slug}.example";
        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = address,
                    subject = "s",
                    body = "b",
                    category = "marketing",
                }
            )
        );
        var mail = (await sink.MailTo(address)).Mime;
        mail.Headers["List-Unsubscribe-Post"].ShouldBe("List-Unsubscribe=One-Click");
        var link = new Uri(mail.Headers["List-Unsubscribe"]!.Trim('<', '>')).PathAndQuery;
        link.ShouldNotContain("eader");

        var page = await service.At().Get(link);
        page.Text.ShouldContain($"reader@{slug}.example");
        (
            await Status(
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = address,
                        subject = "still",
                        body = "b",
                        category = "marketing",
                    }
                )
            )
        ).ShouldBe("sent"); // looking is not clicking
        (
            await service
                .At()
                .Send(HttpMethod.Post, link, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))
        ).Status.ShouldBe(204);
        (await service.At().Send(HttpMethod.Post, link)).Status.ShouldBe(204);

        (
            await Status(
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = address.ToUpperInvariant(),
                        subject = "no more",
                        body = "b",
                        category = "marketing",
                    }
                )
            )
        ).ShouldBe("suppressed");
        (
            await Status(
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = address,
                        subject = "receipt",
                        body = "b",
                    }
                )
            )
        ).ShouldBe("sent");
        (await admin.Get("notifications/suppressions"))
            .Items()
            .ShouldHaveSingleItem()!
            .Text("reason")
            .ShouldBe("unsubscribe");
        (await service.At().Post(link[..^3] + "AAA"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");

        async Task<string> Status(Answer accepted) => (await Ended(admin, accepted)).Text("status");
    }

    [Fact]
    public async Task A_tenant_that_keeps_no_texts_keeps_none()
    {
        var (slug, id, admin) = await mailing.NewTenant();
        (
            await admin.Put(
                "notifications/settings",
                new
                {
                    locale = "en",
                    redact_bodies = true,
                    sms_per_number_per_day = 1,
                    sms_per_country_per_day = 1,
                    sms_per_day = 1,
                }
            )
        ).Status.ShouldBe(200);

        await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"r@{slug}.example",
                    subject = "s",
                    body = "not for ever",
                }
            )
        );

        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND body LIKE '%not for ever%'"
            )
        ).ShouldBe(0);
    }

    private static Task<System.Text.Json.Nodes.JsonNode> Ended(Visitor by, Answer accepted) =>
        Until(by, accepted, row => row.Text("status") is not ("queued" or "sending"));

    private static Task<System.Text.Json.Nodes.JsonNode> Until(
        Visitor by,
        Answer accepted,
        Func<System.Text.Json.Nodes.JsonNode, bool> isSo
    )
    {
        accepted.Status.ShouldBe(202, accepted.Text);
        return Until(by, accepted.Text("id"), isSo);
    }

    private static Task<System.Text.Json.Nodes.JsonNode> Until(
        Visitor by,
        string id,
        Func<System.Text.Json.Nodes.JsonNode, bool> isSo
    ) => Eventually.Find(async () => (await by.Get($"notifications/{id}")).Json is var row && isSo(row) ? row : null);

    /// <summary>A service that sends by SMTP, and the server that takes it.</summary>
    public sealed class Mailing(Cluster cluster) : IAsyncLifetime
    {
        private Service? service;

        public Service Service => service!;

        public SmtpSink Sink { get; } = new();

        /// <summary>By recipient: what is said to the mail.</summary>
        public System.Collections.Concurrent.ConcurrentDictionary<
            string,
            Func<ReceivedMail, string?>
        > Trouble { get; } = new();

        /// <summary>By recipient: what is said to the recipient.</summary>
        public System.Collections.Concurrent.ConcurrentDictionary<string, string> Refused { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Sink.OnMail = mail => Trouble.TryGetValue(mail.Recipients[0], out var trouble) ? trouble(mail) : null;
            Sink.OnRecipient = recipient => Refused.GetValueOrDefault(recipient);
            service = await cluster.Start(Sink.Apply);
        }

        /// <summary>The invitation comes by mail.</summary>
        public async Task<(string Slug, Guid Id, Visitor Admin)> NewTenant()
        {
            var slug = "t" + Guid.NewGuid().ToString("N")[..12];
            var email = $"admin@{slug}.example";
            var created = await (await Service.Platform()).Post(
                "tenants",
                new
                {
                    name = slug,
                    slug,
                    admin = new { email, first_name = "Grace" },
                }
            );
            var token = Uri.UnescapeDataString(
                (await Sink.MailTo(email)).Body.Split("token=")[1].Split('\n')[0].Trim()
            );
            (
                await Service
                    .At()
                    .Post(
                        "auth/accept-invitation",
                        new
                        {
                            token,
                            password = Service.Password,
                            first_name = "Grace",
                        }
                    )
            ).Status.ShouldBe(201);
            return (slug, created.Json["id"]!.GetValue<Guid>(), await Service.At(slug).SignIn(email));
        }

        public async ValueTask DisposeAsync()
        {
            if (service is not null)
                await service.DisposeAsync();
            await Sink.DisposeAsync();
        }
    }
}
