using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications;

/// <summary>
/// What a tenant's own staff cannot do with messages: silence those of the service, pass the guards of SMS, write in
/// other names.
/// </summary>
public sealed class MessageGuardTests(Cluster cluster, SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task An_entry_made_by_hand_silences_no_mail_of_the_service_and_a_hard_bounce_does()
    {
        var (slug, id, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");
        var (_, silenced, _) = await service.Joined(admin, slug, "User");
        var (_, bounced, _) = await service.Joined(admin, slug, "User");
        foreach (var recipient in new[] { silenced, bounced })
            (await manager.Post("notifications/suppressions", new { channel = "email", recipient })).Status.ShouldBe(
                201
            );
        await service.Sql(
            $"UPDATE notification_suppressions SET reason = 'bounce' WHERE tenant_id = '{id}' AND recipient = '{bounced}'"
        );

        foreach (var email in new[] { silenced, bounced })
            (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);

        (await Ended(silenced, "password_reset")).ShouldBe("sent");
        (await Ended(bounced, "password_reset")).ShouldBe("suppressed");
        // What the tenant sends is held back as before.
        (
            await manager.Post(
                "notifications/email",
                new
                {
                    recipient = silenced,
                    subject = "s",
                    body = "b",
                }
            )
        ).Status.ShouldBe(202);
        (await Ended(silenced, null)).ShouldBe("suppressed");

        async Task<string> Ended(string recipient, string? template)
        {
            var which =
                $"tenant_id = '{id}' AND recipient = '{recipient}' AND template_name {(template is null ? "IS NULL" : $"= '{template}'")}";
            await service.Until(
                $"SELECT EXISTS (SELECT FROM notification_logs WHERE {which} AND status NOT IN ('queued', 'sending'))"
            );
            return (await service.Ask<string>($"SELECT status FROM notification_logs WHERE {which}"))!;
        }
    }

    [Theory]
    [InlineData("JÖRG@example.com", "Jörg@example.com")]
    [InlineData("иван@example.com", "ИВАН@example.com")]
    [InlineData("ΝΙΚΟΣ@example.com", "Νικοσ@example.com")]
    public async Task A_suppression_holds_back_messages_to_each_spelling_of_its_address(string entry, string recipient)
    {
        var (_, id, admin) = await service.NewTenant();
        (await admin.Post("notifications/suppressions", new { channel = "email", recipient = entry })).Status.ShouldBe(
            201
        );

        var sent = await admin.Post(
            "notifications/email",
            new
            {
                recipient,
                subject = "s",
                body = "b",
            }
        );

        sent.Status.ShouldBe(202);
        await service.Until(
            $"SELECT EXISTS (SELECT FROM notification_logs WHERE tenant_id = '{id}' AND id = '{sent.Text("id")}' AND status = 'suppressed')"
        );
    }

    [Fact]
    public async Task A_tenant_cannot_cancel_a_mail_that_the_service_sends_by_itself()
    {
        var (slug, id, admin) = await service.NewTenant();
        var (_, _, manager) = await service.Joined(admin, slug, "Manager");
        var waiting = Guid.CreateVersion7();
        await service.Sql(
            $"""
            INSERT INTO notification_logs (tenant_id, id, type, recipient, subject, body, is_secret, priority, category, status, is_ready, due_at, attempts, created_at)
            VALUES ('{id}', '{waiting}', 'email', 'ada@example.com', 's', 'b', false, 0, 'transactional', 'queued', false, now() + interval '1 hour', 0, now())
            """
        );

        foreach (var caller in new[] { manager, admin })
        {
            var refused = await caller.Post($"notifications/{waiting}/cancel", new { });
            refused.ShouldBeProblem(409, "conflict").Text("detail").ShouldContain("service");
        }

        (await service.Ask<string>($"SELECT status FROM notification_logs WHERE id = '{waiting}'")).ShouldBe("queued");
    }

    [Fact]
    public async Task An_SMS_counts_on_the_day_on_which_it_is_sent()
    {
        var (_, _, admin) = await service.NewTenant();
        (
            await admin.Put(
                "notifications/settings",
                new
                {
                    locale = "en",
                    redact_bodies = false,
                    default_region = "CH",
                    sms_countries = new[] { "CH" },
                    sms_per_number_per_day = 1,
                    sms_per_country_per_day = 2,
                    sms_per_day = 2,
                }
            )
        ).Status.ShouldBe(200);
        var now = DateTimeOffset.UtcNow;
        Task<Answer> Sms(string number, int inDays) =>
            admin.Post(
                "notifications/sms",
                new
                {
                    recipient = number,
                    body = "b",
                    send_at = inDays == 0 ? (DateTimeOffset?)null : now.AddDays(inDays),
                }
            );

        (await Sms("079 111 11 11", 2)).Status.ShouldBe(202);
        Quota(await Sms("079 111 11 11", 2)).ShouldBe("sms_per_number_per_day");
        (await Sms("079 111 11 11", 0)).Status.ShouldBe(202); // another day
        (await Sms("079 111 11 11", 3)).Status.ShouldBe(202);
        (await Sms("079 222 22 22", 2)).Status.ShouldBe(202);
        Quota(await Sms("079 333 33 33", 2)).ShouldBe("sms_per_country_per_day");
        (await Sms("079 333 33 33", 0)).Status.ShouldBe(202);
        Quota(await Sms("079 444 44 44", 0)).ShouldBe("sms_per_country_per_day");

        static string Quota(Answer answer) => answer.ShouldBeProblem(429, "quota_exceeded").Json["quota"]!.Text("name");
    }

    [Fact]
    public async Task A_message_counts_in_the_month_in_which_it_is_sent()
    {
        await using var own = await cluster.Start(variables => variables["QUOTA_FREE_MESSAGES_PER_MONTH"] = "2");
        var (_, _, admin) = await own.NewTenant();
        var month = new DateTimeOffset(
            DateTimeOffset.UtcNow.Year,
            DateTimeOffset.UtcNow.Month,
            1,
            12,
            0,
            0,
            TimeSpan.Zero
        );
        Task<Answer> Mail(int inMonths) =>
            admin.Post(
                "notifications/email",
                new
                {
                    recipient = "ada@example.com",
                    subject = "s",
                    body = "b",
                    send_at = inMonths == 0 ? (DateTimeOffset?)null : month.AddMonths(inMonths),
                }
            );

        (await Mail(2)).Status.ShouldBe(202);
        (await Mail(2)).Status.ShouldBe(202);
        (await Mail(2)).ShouldBeProblem(429, "quota_exceeded");
        (await Mail(0)).Status.ShouldBe(202);
        (await Mail(3)).Status.ShouldBe(202);
        (await Mail(0)).Status.ShouldBe(202);
        (await Mail(0)).ShouldBeProblem(429, "quota_exceeded");
    }

    [Fact]
    public async Task A_retry_of_an_SMS_counts_towards_the_daily_limits()
    {
        var (_, id, admin) = await service.NewTenant();
        (
            await admin.Put(
                "notifications/settings",
                new
                {
                    locale = "en",
                    redact_bodies = false,
                    default_region = "CH",
                    sms_countries = new[] { "CH" },
                    sms_per_number_per_day = 2,
                    sms_per_country_per_day = 2,
                    sms_per_day = 2,
                }
            )
        ).Status.ShouldBe(200);
        var sent = await admin.Post("notifications/sms", new { recipient = "079 111 11 11", body = "b" });
        sent.Status.ShouldBe(202);
        var path = $"notifications/{sent.Json["id"]}/retry";
        await service.Settled();

        await service.Sql($"UPDATE notification_logs SET status = 'failed' WHERE tenant_id = '{id}' AND type = 'sms'");
        (await admin.Post(path, new { })).Status.ShouldBe(202);
        await service.Settled();
        await service.Sql($"UPDATE notification_logs SET status = 'failed' WHERE tenant_id = '{id}' AND type = 'sms'");

        (await admin.Post(path, new { })).ShouldBeProblem(429, "quota_exceeded");
        (
            await service.Ask<string>($"SELECT status FROM notification_logs WHERE tenant_id = '{id}' AND type = 'sms'")
        ).ShouldBe("failed");
    }

    [Theory]
    [InlineData("Bank <support@bank.example>")]
    [InlineData("support@bank.example")]
    [InlineData("=?utf-8?q?Bank?=")]
    [InlineData("Bank\u202Eknab")]
    [InlineData("\"Bank\"")]
    [InlineData("Bank ＠ bank.example")]
    public async Task A_senders_name_holds_nothing_that_reads_as_an_address(string name)
    {
        var (slug, id, admin) = await service.NewTenant();

        (await admin.Put($"tenants/{id}", new { name = slug, sender_name = name }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("sender_name");
    }
}
