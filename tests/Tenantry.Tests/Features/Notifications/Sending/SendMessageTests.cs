using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications.Sending;

/// <summary>Messages as applications ask for them, and the templates that they are made of.</summary>
public sealed class SendMessageTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task An_invalid_message_is_refused_with_the_name_of_the_field_and_is_not_sent()
    {
        var (_, id, admin) = await service.NewTenant();
        foreach (
            var (path, body, field) in new (string, object, string)[]
            {
                (
                    "email",
                    new
                    {
                        recipient = "nobody",
                        subject = "s",
                        body = "b",
                    },
                    "recipient"
                ),
                ("email", new { subject = "s", body = "b" }, "recipient"),
                ("email", new { recipient = "a@example.com", body = "b" }, "subject"),
                ("email", new { recipient = "a@example.com", subject = "s" }, "body"),
                (
                    "email",
                    new
                    {
                        recipient = "a@example.com",
                        subject = "a\r\nBcc: b@example.com",
                        body = "b",
                    },
                    "subject"
                ),
                ("email", new { recipient = "a@example.com", template_name = "none" }, "template_name"),
                (
                    "email",
                    new
                    {
                        recipient = "a@example.com",
                        subject = "s",
                        body = "b",
                        template_vars = new { a = 1 },
                    },
                    "template_vars"
                ),
                (
                    "email",
                    new
                    {
                        recipient = "a@example.com",
                        subject = "s",
                        body = "b",
                        send_at = "2126-01-01T00:00:00Z",
                    },
                    "send_at"
                ),
                (
                    "email",
                    new
                    {
                        recipient = "a@example.com",
                        subject = "s",
                        body = "b",
                        locale = "nonsense!",
                    },
                    "locale"
                ),
                ("sms", new { recipient = "+41791234567", body = "b" }, "recipient"), // no country is allowed yet
                ("sms", new { recipient = "12", body = "b" }, "recipient"),
                (
                    "sms",
                    new
                    {
                        recipient = "+41791234567",
                        subject = "s",
                        body = "b",
                    },
                    "subject"
                ),
                ("push", new { recipient = "x", body = "b" }, "recipient"),
                ("push", new { recipient = Guid.NewGuid(), body = "b" }, "recipient"),
            }
        )
            (await admin.Post("notifications/" + path, body))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField(field);

        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND sent_by IS NOT NULL"
            )
        ).ShouldBe(0);
        (await service.Ask<long>($"SELECT count(*) FROM message_counts WHERE tenant_id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_template_is_held_to_its_form_when_it_is_made()
    {
        var (_, _, admin) = await service.NewTenant();
        foreach (
            var (body, field) in new (object, string)[]
            {
                (
                    new
                    {
                        name = "Bad Name",
                        type = "email",
                        subject = "s",
                        body = "b",
                    },
                    "name"
                ),
                (
                    new
                    {
                        name = "a",
                        subject = "s",
                        body = "b",
                    },
                    "type"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        body = "b",
                    },
                    "subject"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                    },
                    "body"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                        body = "{% if %}",
                    },
                    "body"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "{{ x",
                        body = "b",
                    },
                    "subject"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                        body = "{{ other }}",
                        variables = new[] { new { name = "known" } },
                    },
                    "body"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                        body = "b",
                        variables = new[] { new { name = "No" } },
                    },
                    "variables[0].name"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                        body = "b",
                        translations = new { xx_yy = new { subject = "s", body = "b" } },
                    },
                    "translations.xx_yy"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        subject = "s",
                        body = "b",
                        translations = new { de = new { subject = "s" } },
                    },
                    "translations.de.body"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "email",
                        locale = "",
                        subject = "s",
                        body = "b",
                    },
                    "locale"
                ),
                (
                    new
                    {
                        name = "a",
                        type = "sms",
                        body = "b",
                        html_body = "<p>",
                    },
                    "html_body"
                ),
                (
                    new
                    {
                        name = "password_reset",
                        type = "email",
                        subject = "s",
                        body = "no link",
                    },
                    "body"
                ),
                (
                    new
                    {
                        name = "password_reset",
                        type = "sms",
                        body = "{{ action }}",
                    },
                    "type"
                ),
            }
        )
            (await admin.Post("notifications/templates", body))
                .ShouldBeProblem(400, "validation_failed")
                .ShouldNameField(field);

        var fault = await admin.Post(
            "notifications/templates",
            new
            {
                name = "a",
                type = "email",
                subject = "s",
                body = "one\n {% foo %}",
            }
        );
        fault.Json["errors"]!["body"]![0]!.GetValue<string>().ShouldBe("line 2, column 2: there is no tag 'foo'");
    }

    /// <summary>Of texts that an older version took. One comes into the table past this one.</summary>
    [Fact]
    public async Task A_stored_template_that_is_invalid_now_is_refused_and_stops_no_mail_of_the_service()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var (_, email, _) = await service.Joined(admin, slug, "User");
        var made = await admin.Post(
            "notifications/templates",
            new
            {
                name = "old",
                type = "email",
                subject = "Hello {{ a }}",
                body = "b",
            }
        );
        made.Status.ShouldBe(201, made.Text);
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "password_reset",
                    type = "email",
                    subject = "Ours",
                    body = "{{ link }}",
                }
            )
        ).Status.ShouldBe(201);
        await service.Sql($"UPDATE notification_templates SET body = '{{% endif %}}' WHERE tenant_id = '{tenant}'");
        var old = new
        {
            recipient = "ada@example.com",
            template_name = "old",
            template_vars = new { a = "x" },
        };

        (await admin.Post("notifications/email", old))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("template_name");
        (
            await admin.Post(
                $"notifications/templates/{made.Json["id"]}/preview",
                new { template_vars = old.template_vars }
            )
        ).ShouldBeProblem(409, "conflict");
        (await admin.Get($"notifications/templates/{made.Json["id"]}")).Status.ShouldBe(200);
        (await service.At(slug).Post("auth/password-reset-request", new { email })).Status.ShouldBe(202);
        await service.Until(
            $"SELECT EXISTS (SELECT FROM notification_logs WHERE template_name = 'password_reset' AND recipient = '{email}')"
        );
        var mail = (await service.At().Get($"/dev/mailbox?recipient={email}")).Json["items"]![0]!;
        mail.Text("subject").ShouldNotBe("Ours");
        mail.Text("body").ShouldContain("token=");
    }

    [Fact]
    public async Task A_template_is_filled_with_what_it_declares_in_the_best_language()
    {
        var (slug, _, admin) = await service.NewTenant();
        var made = await admin.Post(
            "notifications/templates",
            new
            {
                name = "order_sent",
                type = "email",
                locale = "en",
                subject = "Order {{ order }}",
                text_body = "Arrives {{ arrives | date: '%d.%m.%Y' }}{% if note %}, {{ note }}{% endif %}",
                html_body = "<p>{{ note }}</p>",
                translations = new
                {
                    de = new { subject = "Bestellung {{ order }}", body = "Kommt am {{ arrives | date: '%d.%m.%Y' }}" },
                },
                variables = new object[]
                {
                    new { name = "order", type = "number" },
                    new { name = "arrives", type = "date" },
                    new
                    {
                        name = "note",
                        type = "string",
                        required = false,
                    },
                },
            }
        );
        made.Status.ShouldBe(201, made.Text);
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "order_sent",
                    type = "email",
                    subject = "s",
                    body = "b",
                }
            )
        ).ShouldBeProblem(409, "conflict").ShouldNameField("name");

        foreach (
            var (vars, field) in new (object, string)[]
            {
                (new { arrives = "2026-02-03" }, "template_vars.order"),
                (new { order = "4711", arrives = "2026-02-03" }, "template_vars.order"),
                (new { order = 4711, arrives = "tomorrow" }, "template_vars.arrives"),
                (
                    new
                    {
                        order = 4711,
                        arrives = "2026-02-03",
                        typo = 1,
                    },
                    "template_vars.typo"
                ),
            }
        )
            (
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = "a@example.com",
                        template_name = "order_sent",
                        template_vars = vars,
                    }
                )
            ).ShouldBeProblem(400, "validation_failed").ShouldNameField(field);

        (
            await admin.Put(
                "notifications/settings",
                new
                {
                    locale = "de-CH",
                    redact_bodies = false,
                    sms_per_number_per_day = 1,
                    sms_per_country_per_day = 1,
                    sms_per_day = 1,
                }
            )
        ).Status.ShouldBe(200);
        (await Sent(null, [])).ShouldBe("Bestellung 4711"); // the tenant's
        (await Sent(null, [("Accept-Language", "fr, en-GB;q=0.5")])).ShouldBe("Order 4711"); // the caller's
        (await Sent("de-AT", [("Accept-Language", "en")])).ShouldBe("Bestellung 4711"); // as asked
        (await admin.Patch("auth/me", new { locale = "EN-gb" })).Text("locale").ShouldBe("en-GB");
        (await Sent(null, [], $"admin@{slug}.example")).ShouldBe("Order 4711"); // the user's own

        var row = await admin.Get($"notifications/{(await Send(null, [], "a@example.com", "<b>")).Json["id"]}");
        (row.Text("body"), row.Json["html_body"]).ShouldBe(("Kommt am 03.02.2026", null));

        Task<Answer> Send(string? locale, (string, string)[] headers, string recipient, string? note = null) =>
            admin.Send(
                HttpMethod.Post,
                "notifications/email",
                JsonContent.Create(
                    new
                    {
                        recipient,
                        template_name = "order_sent",
                        template_vars = new
                        {
                            order = 4711,
                            arrives = "2026-02-03",
                            note,
                        },
                        locale,
                    }
                ),
                headers
            );

        async Task<string> Sent(string? locale, (string, string)[] headers, string recipient = "a@example.com")
        {
            var accepted = await Send(locale, headers, recipient);
            accepted.Status.ShouldBe(202, accepted.Text);
            return (await admin.Get($"notifications/{accepted.Json["id"]}")).Text("subject");
        }
    }

    [Fact]
    public async Task Each_version_of_a_template_is_kept_and_can_be_listed_previewed_and_restored()
    {
        var (_, _, admin) = await service.NewTenant();
        var made = await admin.Post(
            "notifications/templates",
            new
            {
                name = "hello",
                type = "sms",
                body = "Hello {{ name }}",
            }
        );
        var id = made.Text("id");

        var changed = await admin.Put(
            $"notifications/templates/{id}",
            new { body = "Good day {{ name }} €" },
            ("If-Match", made.Header("ETag")!)
        );
        (
            await admin.Put($"notifications/templates/{id}", new { body = "late" }, ("If-Match", made.Header("ETag")!))
        ).ShouldBeProblem(412, "precondition_failed");
        var preview = await admin.Post(
            $"notifications/templates/{id}/preview",
            new { template_vars = new { name = "Ada" } }
        );
        var restored = await admin.Post($"notifications/templates/{id}/versions/1/restore");
        var versions = (await admin.Get($"notifications/templates/{id}/versions")).Items();

        changed.Number("revision").ShouldBe(2);
        (preview.Text("body"), preview.Text("encoding"), preview.Number("segments")).ShouldBe(
            ("Good day Ada €", "gsm7", 1)
        );
        (restored.Text("body"), restored.Number("revision")).ShouldBe(("Hello {{ name }}", 3));
        versions
            .Select(version => version!.Text("body"))
            .ShouldBe(["Hello {{ name }}", "Good day {{ name }} €", "Hello {{ name }}"]);
        (await admin.Post($"notifications/templates/{id}/preview", new { }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("template_vars.name");
        (await admin.Delete($"notifications/templates/{id}")).Status.ShouldBe(204);
        (await admin.Get($"notifications/templates/{id}")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task A_tenants_template_for_a_mail_of_the_service_applies_on_each_instance_until_deleted()
    {
        var (slug, _, admin) = await service.NewTenant();
        await using var second = await cluster.Start(service.Database);
        var elsewhere = second.At(slug).With(admin.Token);
        await elsewhere.Post("users", new { email = "warm@example.com" });
        (await admin.Get("notifications/templates/system"))
            .Items()
            .Select(one => one!.Text("name"))
            .ShouldContain("invitation");

        var made = await admin.Post(
            "notifications/templates",
            new
            {
                name = "invitation",
                type = "email",
                subject = "Komm zu {{ tenant_name }}",
                body = "Hier: {{ action }}",
            }
        );
        // The other instance learns of the template by a change notification.
        var mail = await Eventually.Find(async () =>
            await Invited(elsewhere) is var invitation
            && invitation.Text("subject").StartsWith("Komm", StringComparison.Ordinal)
                ? invitation
                : null
        );
        (await admin.Delete($"notifications/templates/{made.Json["id"]}")).Status.ShouldBe(204);
        var after = await Invited(admin);

        made.Flag("is_system").ShouldBeTrue();
        (mail.Text("subject"), mail.Text("body")[..28]).ShouldBe(($"Komm zu {slug}", "Hier:\n\nhttp://localhost:8000"));
        after.Text("subject").ShouldBe($"You are invited to {slug}");

        async Task<JsonNode> Invited(Visitor by)
        {
            var email = $"{Guid.NewGuid():N}@example.com";
            (await by.Post("users", new { email })).Status.ShouldBe(201);
            return (await service.At().Get($"/dev/mailbox?recipient={email}")).Json["items"]![0]!;
        }
    }

    [Fact]
    public async Task A_wording_of_the_services_own_mail_is_tried_out_before_it_is_kept()
    {
        var (_, _, admin) = await service.NewTenant();
        var endless = "{% for i in (1..999) %}{% for j in (1..999) %}{{ i }}{% endfor %}{% endfor %}";

        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "password_reset",
                    type = "email",
                    subject = "s",
                    body = endless + "{{ action }}",
                }
            )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("body");
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "password_changed",
                    type = "email",
                    subject = "s",
                    body = endless,
                }
            )
        ).ShouldBeProblem(400, "validation_failed").ShouldNameField("body");
    }

    [Fact]
    public async Task A_mail_that_was_asked_for_speaks_the_language_of_the_browser()
    {
        var (slug, _, admin) = await service.NewTenant();
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "password_reset",
                    type = "email",
                    locale = "en",
                    subject = "Your link",
                    body = "{{ action }}",
                    translations = new { de = new { subject = "Ihr Link", body = "{{ action }}" } },
                }
            )
        ).Status.ShouldBe(201);

        await service
            .At(slug)
            .Send(
                HttpMethod.Post,
                "auth/password-reset-request",
                JsonContent.Create(new { email = $"admin@{slug}.example" }),
                ("Accept-Language", "de-CH, en;q=0.5")
            );

        (await Mail($"admin@{slug}.example", "Ihr Link")).Text("body").ShouldContain("token=");
    }

    [Fact]
    public async Task The_guard_stops_SMS_by_number_country_and_day_exactly()
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
                    sms_countries = new[] { "ch", "DE" },
                    sms_per_number_per_day = 2,
                    sms_per_country_per_day = 4,
                    sms_per_day = 5,
                }
            )
        ).Status.ShouldBe(200);
        Task<Answer> Sms(string number, string body = "b") =>
            admin.Post("notifications/sms", new { recipient = number, body });

        (await Sms("+33612345678")).ShouldBeProblem(400, "validation_failed").ShouldNameField("recipient");
        (await Sms("+41446681800")).ShouldBeProblem(400, "validation_failed").ShouldNameField("recipient"); // not a telephone that takes any
        (await Sms("079 111 11 11", new string('ä', 1600)))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("body");
        (await Sms("079 111 11 11", new string('a', 161))).Status.ShouldBe(202); // two segments
        Quota(await Sms("079 111 11 11")).ShouldBe("sms_per_number_per_day");
        var many = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Sms($"079 222 22 2{i}")));
        many.Count(answer => answer.Status == 202).ShouldBe(2);
        Quota(many.First(answer => answer.Status != 202)).ShouldBe("sms_per_country_per_day");
        (await Sms("+4917612345678")).Status.ShouldBe(202);
        Quota(await Sms("+4917612345679")).ShouldBe("sms_per_day");

        static string Quota(Answer answer)
        {
            answer.ShouldBeProblem(429, "quota_exceeded").Header("Retry-After").ShouldNotBeNull();
            return answer.Json["quota"]!.Text("name");
        }
    }

    [Fact]
    public async Task The_quota_of_messages_holds_for_many_at_once_and_not_for_what_the_service_sends_by_itself()
    {
        await using var own = await cluster.Start(variables => variables["QUOTA_FREE_MESSAGES_PER_MONTH"] = "5");
        var (_, id, admin) = await own.NewTenant();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    admin.Post(
                        "notifications/email",
                        new
                        {
                            recipient = $"{i}@example.com",
                            subject = "s",
                            body = "b",
                        }
                    )
                )
        );

        answers.Count(answer => answer.Status == 202).ShouldBe(5);
        var refused = answers.First(answer => answer.Status != 202).ShouldBeProblem(429, "quota_exceeded");
        (refused.Json["quota"]!.Number("used"), refused.Json["quota"]!.Number("allowed")).ShouldBe((5, 5));
        int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeInRange(1, 31 * 86_400);
        (await admin.Post("users", new { email = "in@example.com" })).Status.ShouldBe(201);
        (await admin.Get($"tenants/{id}/usage")).Json["messages"]!.Number("count").ShouldBe(5);
    }

    [Fact]
    public async Task A_mail_is_counted_up_to_the_last_that_a_large_quota_has()
    {
        await using var own = await cluster.Start(variables => variables["QUOTA_FREE_MESSAGES_PER_MONTH"] = "1004");
        var (_, id, admin) = await own.NewTenant();
        Task<Answer> Mail() =>
            admin.Post(
                "notifications/email",
                new
                {
                    recipient = "a@example.com",
                    subject = "s",
                    body = "b",
                }
            );
        for (var i = 0; i < 6; i++) // the first four are far from the quota
            (await Mail()).Status.ShouldBe(202);
        await own.Sql(
            $"UPDATE message_counts SET messages = messages + 997 WHERE (tenant_id, spread) = (SELECT tenant_id, spread FROM message_counts WHERE tenant_id = '{id}' LIMIT 1)"
        );

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Mail()));

        answers.Count(answer => answer.Status == 202).ShouldBe(1);
        answers.First(answer => answer.Status != 202).ShouldBeProblem(429, "quota_exceeded");
        (
            await own.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND sent_by IS NOT NULL"
            )
        ).ShouldBe(7);
        (await own.Ask<long>($"SELECT sum(messages) FROM message_counts WHERE tenant_id = '{id}'")).ShouldBe(1004);
    }

    [Fact]
    public async Task A_mail_names_its_recipient_as_a_user_only_if_the_user_belongs_to_the_sending_tenant()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (user, email, _) = await service.Joined(admin, slug, "User");
        var (other, _, stranger) = await service.NewTenant();
        (
            await admin.Post(
                "notifications/templates",
                new
                {
                    name = "hello",
                    type = "email",
                    subject = "s2",
                    body = "b",
                }
            )
        ).Status.ShouldBe(201);

        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = email.ToUpperInvariant(),
                    subject = "s1",
                    body = "b",
                }
            )
        ).Status.ShouldBe(202);
        (await admin.Post("notifications/email", new { recipient = email, template_name = "hello" })).Status.ShouldBe(
            202
        );
        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"admin@{other}.example",
                    subject = "s3",
                    body = "b",
                }
            )
        ).Status.ShouldBe(202);

        var rows = (await admin.Get("notifications/history?channel=email"))
            .Items()
            .Where(row => row!["sent_by"] is not null)
            .ToDictionary(row => row!.Text("subject"), row => row!["user_id"]?.GetValue<Guid>());
        (rows["s1"], rows["s2"], rows["s3"]).ShouldBe((user, user, (Guid?)null));
        (await stranger.Get("notifications/history")).Text.ShouldNotContain("s3");
    }

    [Fact]
    public async Task A_requested_message_sends_no_change_notification_and_a_mail_of_the_service_sends_one()
    {
        var (_, _, admin) = await service.NewTenant();
        var told = new List<string>();
        await using var listening = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(cluster.AdminOf(service.Database).ConnectionString)
            {
                Pooling = false,
            }.ConnectionString
        );
        await listening.OpenAsync(TestContext.Current.CancellationToken);
        listening.Notification += (_, notice) => told.Add(notice.Payload);
        await using (var listen = new NpgsqlCommand("LISTEN tenantry_changes", listening))
            await listen.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = "a@example.com",
                    subject = "s",
                    body = "b",
                }
            )
        ).Status.ShouldBe(202);
        (await admin.Post("users", new { email = "in@example.com" })).Status.ShouldBe(201);

        while (!told.Any(notice => notice.StartsWith("notification_logs", StringComparison.Ordinal)))
            (await listening.WaitAsync(Patience.Of, TestContext.Current.CancellationToken)).ShouldBeTrue();
        await service.Settled(); // both went out
        told.Count(notice => notice.StartsWith("notification_logs", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task The_history_is_filtered_and_paged_and_of_one_tenant()
    {
        var (slug, _, admin) = await service.NewTenant();
        for (var i = 0; i < 3; i++)
            (
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = $"h{i}@example.com",
                        subject = $"s{i}",
                        body = "b",
                        category = i == 0 ? "marketing" : "transactional",
                    }
                )
            ).Status.ShouldBe(202);
        await service.Settled();
        var (_, _, viewer) = await service.Joined(admin, slug, "Viewer");
        async Task<IReadOnlyList<string?>> Found(string query) =>
            [
                .. (await viewer.Get("notifications/history?" + query))
                    .Items()
                    .Select(row => row!["subject"]?.GetValue<string>()),
            ];

        (await Found("recipient=h1@example.com")).ShouldBe(["s1"]);
        (await Found("category=marketing&channel=email&status=sent")).ShouldBe(["s0"]);
        (await Found("status=failed")).ShouldBeEmpty();
        (await Found("template_name=invitation")).Count.ShouldBe(2);
        (await Found($"to={DateTimeOffset.UtcNow.AddDays(-1):yyyy-MM-dd}T00:00:00Z")).ShouldBeEmpty();
        var first = await viewer.Get("notifications/history?limit=2&channel=email");
        (await Found($"limit=200&channel=email&cursor={first.Json["next_cursor"]}")).Count.ShouldBe(3);
        (await viewer.Get("notifications/history?status=nonsense"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("status");
        (
            await viewer.Post(
                "notifications/email",
                new
                {
                    recipient = "a@example.com",
                    subject = "s",
                    body = "b",
                }
            )
        ).ShouldBeProblem(403, "permission_denied");
        first.Items().ShouldAllBe(row => row!["body"] == null);
    }

    [Fact]
    public async Task A_retry_with_a_key_sends_nothing_more()
    {
        var (_, id, admin) = await service.NewTenant();
        JsonContent Body() =>
            JsonContent.Create(
                new
                {
                    recipient = "once@example.com",
                    subject = "s",
                    body = "b",
                }
            );

        var first = await admin.Send(HttpMethod.Post, "notifications/email", Body(), ("Idempotency-Key", "one"));
        var second = await admin.Send(HttpMethod.Post, "notifications/email", Body(), ("Idempotency-Key", "one"));

        second.Text("id").ShouldBe(first.Text("id"));
        (
            await service.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND recipient = 'once@example.com'"
            )
        ).ShouldBe(1);
        (await service.Ask<long>($"SELECT sum(messages) FROM message_counts WHERE tenant_id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_whose_key_cannot_be_kept_is_not_sent_either()
    {
        await using var own = await cluster.Start(variables =>
            variables["QUOTA_FREE_MESSAGES_PER_MONTH"] = "unlimited"
        );
        var (_, id, admin) = await own.NewTenant();
        await own.Sql(
            "CREATE FUNCTION not_now() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not now''; END'; CREATE TRIGGER not_now BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION not_now()"
        );
        Task<Answer> Send() =>
            admin.Send(
                HttpMethod.Post,
                "notifications/email",
                JsonContent.Create(
                    new
                    {
                        recipient = "once@example.com",
                        subject = "s",
                        body = "b",
                    }
                ),
                ("Idempotency-Key", "one")
            );

        (await Send()).Status.ShouldBe(500);
        await own.Sql("DROP TRIGGER not_now ON idempotency_keys");
        (await Send()).Status.ShouldBe(202);

        (
            await own.Ask<long>(
                $"SELECT count(*) FROM notification_logs WHERE tenant_id = '{id}' AND recipient = 'once@example.com'"
            )
        ).ShouldBe(1);
        (await own.Ask<long>($"SELECT sum(messages) FROM message_counts WHERE tenant_id = '{id}'")).ShouldBe(1);
    }

    private Task<JsonNode> Mail(string recipient, string subject) => service.Mail(recipient, subject);

    [Fact]
    public async Task Old_messages_go_and_what_waits_stays()
    {
        var (_, id, admin) = await service.NewTenant();
        await admin.Post(
            "notifications/email",
            new
            {
                recipient = "old@example.com",
                subject = "s",
                body = "b",
            }
        );
        await admin.Post(
            "notifications/email",
            new
            {
                recipient = "later@example.com",
                subject = "s",
                body = "b",
                send_at = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
        await service.Settled();
        await service.Sql(
            $"UPDATE notification_logs SET created_at = now() - interval '100 days' WHERE tenant_id = '{id}' AND recipient IN ('old@example.com', 'later@example.com')"
        );

        await service
            .Services.GetRequiredService<Tenantry.Foundation.Data.Database.ExpiredRows>()
            .DeleteMessages(TestContext.Current.CancellationToken);

        (
            await service.Ask<string[]>(
                $"SELECT array_agg(recipient) FROM notification_logs WHERE tenant_id = '{id}' AND sent_by IS NOT NULL"
            )
        ).ShouldBe(["later@example.com"]);
    }
}
