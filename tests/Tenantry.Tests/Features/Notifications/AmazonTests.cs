using System.Text.Json.Nodes;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Notifications;

/// <summary>
/// SES and SNS as transports, against an endpoint that checks every signature by itself; and what they say back.
/// </summary>
public sealed class AmazonTests(AmazonTests.Mailing mailing) : IClassFixture<AmazonTests.Mailing>
{
    private readonly Service service = mailing.Service;
    private readonly AwsEndpoint aws = mailing.Aws;

    [Fact]
    public async Task A_mail_goes_by_SES_as_it_is_and_says_whose_it_is()
    {
        var (slug, id, admin) = await mailing.NewTenant();

        var row = await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"ses@{slug}.example",
                    subject = "Grüezi",
                    body = "Text",
                }
            )
        );

        row.Text("status").ShouldBe("sent", row.ToString());
        var call = aws.Calls.Single(call => call.Mail?.To.ToString() == $"ses@{slug}.example");
        (call.Service, call.IsSigned, call.MessageId).ShouldBe(("ses", true, row.Text("provider_id")));
        call.Mail!.Subject.ShouldBe("Grüezi");
        var tags = call.Json!.Value.GetProperty("EmailTags")
            .EnumerateArray()
            .ToDictionary(tag => tag.GetProperty("Name").GetString()!, tag => tag.GetProperty("Value").GetString());
        (tags["tenantry_tenant"], tags["tenantry_notification"]).ShouldBe((id.ToString(), row.Text("id")));
        call.Json!.Value.GetProperty("ConfigurationSetName").GetString().ShouldBe("feedback");
    }

    [Fact]
    public async Task An_SMS_goes_to_the_number_with_sender_and_kind_and_counts_its_segments()
    {
        var (_, _, admin) = await mailing.NewTenant();
        await Mailing.AllowSms(admin);

        var accepted = await admin.Post(
            "notifications/sms",
            new { recipient = "079 123 45 67", body = new string('ä', 161) }
        );
        var row = await Ended(admin, accepted);

        (accepted.Number("segments"), row.Number("segments"), row.Text("country")).ShouldBe((2, 2, "CH"));
        var call = aws.Calls.Single(call => call.MessageId == row.Text("provider_id"));
        (call.Operation, call.IsSigned, call.Parameters["PhoneNumber"]).ShouldBe(("Publish", true, "+41791234567"));
        var attributes = Attributes(call);
        (
            attributes["AWS.SNS.SMS.SMSType"],
            attributes["AWS.SNS.SMS.SenderID"],
            attributes["tenantry_notification"]
        ).ShouldBe(("Transactional", "Tenantry", row.Text("id")));
    }

    [Fact]
    public async Task A_device_is_made_known_once_and_retired_when_its_platform_has_switched_it_off()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var (id, _, user) = await mailing.Joined(admin, slug);
        var token = $"token-{Guid.NewGuid():N}";
        var device = (await user.Post("notifications/devices", new { token, name = "Phone" })).Json[
            "id"
        ]!.GetValue<string>();
        (await user.Post("notifications/devices", new { token, name = "Phone again" })).Text("id").ShouldBe(device);

        for (var i = 0; i < 2; i++)
            (
                await Ended(
                    admin,
                    await admin.Post(
                        "notifications/push",
                        new
                        {
                            recipient = id,
                            subject = "Title",
                            body = "Text",
                        }
                    )
                )
            ).Text("status").ShouldBe("sent");
        var endpoint = aws.Sns.Endpoints.Single(one => one.Value.Token == token).Key;
        aws.Sns.Disable(endpoint);
        var row = await Ended(admin, await admin.Post("notifications/push", new { recipient = device, body = "Text" }));
        var shown = (await user.Get("notifications/devices")).Items().Single()!;
        var after = await admin.Post("notifications/push", new { recipient = id, body = "Text" });

        aws.Calls.Count(call => call.Operation == "CreatePlatformEndpoint" && call.Parameters["Token"] == token)
            .ShouldBe(1);
        var payload = JsonNode.Parse(
            aws
                .Calls.First(call =>
                    call.Operation == "Publish" && call.Parameters.GetValueOrDefault("TargetArn") == endpoint
                )
                .Parameters["Message"]
        )!;
        JsonNode.Parse(payload.Text("GCM"))!["notification"]!.Text("title").ShouldBe("Title");
        row.Text("status").ShouldBe("failed");
        row.Text("error_message").ShouldContain("EndpointDisabled");
        shown["retired_because"].ShouldNotBeNull();
        shown.AsObject().ContainsKey("token").ShouldBeFalse();
        after.ShouldBeProblem(400, "validation_failed").ShouldNameField("recipient");

        // The application registers it anew: it is good again.
        (await user.Post("notifications/devices", new { token, name = "Phone" })).Status.ShouldBe(201);
        (await Ended(admin, await admin.Post("notifications/push", new { recipient = id, body = "Text" })))
            .Text("status")
            .ShouldBe("sent");
    }

    [Fact]
    public async Task A_device_is_its_users_own_and_of_no_use_to_another_tenant()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var (_, _, user) = await mailing.Joined(admin, slug);
        var (_, _, stranger) = await mailing.NewTenant();
        var device = (await user.Post("notifications/devices", new { token = $"token-{Guid.NewGuid():N}" })).Json[
            "id"
        ]!.GetValue<string>();

        (await admin.Get("notifications/devices")).Items().ShouldBeEmpty();
        (await admin.Delete($"notifications/devices/{device}")).ShouldBeProblem(404, "not_found");
        (await stranger.Post("notifications/push", new { recipient = device, body = "b" })).ShouldBeProblem(
            400,
            "validation_failed"
        );
        (await user.Delete($"notifications/devices/{device}")).Status.ShouldBe(204);
        (await user.Post("notifications/devices", new { token = "a b" }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("token");
    }

    [Theory]
    [InlineData("throttled", "TooManyRequests")]
    [InlineData("server", "InternalFailure")]
    [InlineData("page", "")]
    [InlineData("drop", "ConnectionFailed")]
    [InlineData("hang", "")]
    [InlineData("credentials", "credentials")]
    public async Task What_is_the_moments_fault_is_tried_again(string trouble, string said)
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var tries = 0;
        mailing.Faults[$"{trouble}@{slug}.example"] = () =>
            Interlocked.Increment(ref tries) > 1
                ? null
                : trouble switch
                {
                    "throttled" => AwsFault.Throttling,
                    "server" => AwsFault.ServerError,
                    "page" => AwsFault.Unavailable,
                    "drop" => AwsFault.Drop,
                    "hang" => AwsFault.Hang,
                    _ => AwsFault.Of("UnrecognizedClientException", 403),
                };

        var accepted = await admin.Post(
            "notifications/email",
            new
            {
                recipient = $"{trouble}@{slug}.example",
                subject = "s",
                body = "b",
            }
        );
        var waiting = await Until(admin, accepted, row => row["error_message"] is not null);
        var row = await Ended(admin, accepted);

        waiting.Text("error_message").ShouldContain(said);
        waiting.Text("error_message").ShouldNotContain(aws.SecretKey);
        (row.Text("status"), row.Number("attempts")).ShouldBe(("sent", 2));
    }

    [Fact]
    public async Task A_clock_that_is_ten_minutes_off_does_not_hold_up_a_mail()
    {
        await using var skewed = await Mailing.Begin(mailing.Cluster);
        skewed.Aws.ClockOffset = TimeSpan.FromMinutes(10);
        var (slug, _, admin) = await skewed.NewTenant();

        var row = await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"skew@{slug}.example",
                    subject = "s",
                    body = "b",
                }
            )
        );

        (row.Text("status"), row.Number("attempts")).ShouldBe(("sent", 1));
    }

    [Fact]
    public async Task What_is_the_messages_fault_is_not_tried_again()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        mailing.Faults[$"bad@{slug}.example"] = () =>
            AwsFault.Of("MessageRejected", 400, "Email address is not verified.");

        var row = await Ended(
            admin,
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = $"bad@{slug}.example",
                    subject = "s",
                    body = "b",
                }
            )
        );

        (row.Text("status"), row.Number("attempts")).ShouldBe(("failed", 1));
        row.Text("error_message").ShouldContain("Email address is not verified.");
    }

    [Fact]
    public async Task Delivery_bounce_and_complaint_move_the_status_on_and_the_last_two_fill_the_list()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        foreach (
            var (kind, status, then) in new[]
            {
                ("Delivery", "delivered", "sent"),
                ("Bounce", "bounced", "suppressed"),
                ("Complaint", "complained", "suppressed"),
            }
        )
        {
            var address = $"{kind}@{slug}.example";
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

            (await mailing.Feed(SnsSigner.Said(kind, address, mailing.TagsOf(row)))).Status.ShouldBe(204);

            (await admin.Get($"notifications/{row["id"]}")).Text("status").ShouldBe(status);
            (
                await Ended(
                    admin,
                    await admin.Post(
                        "notifications/email",
                        new
                        {
                            recipient = address.ToUpperInvariant(),
                            subject = "s",
                            body = "b",
                        }
                    )
                )
            ).Text("status").ShouldBe(then);
        }
        var list = (await admin.Get("notifications/suppressions")).Items();
        list.Select(entry => (entry!.Text("reason"), entry.Text("recipient")))
            .ShouldBe([("complaint", $"complaint@{slug}.example"), ("bounce", $"bounce@{slug}.example")]);
        list[1]!.Text("detail").ShouldContain("user unknown");
        (await admin.Get("notifications/suppressions?reason=bounce")).Items().Count.ShouldBe(1);

        (await admin.Delete($"notifications/suppressions/{list[1]!["id"]}")).Status.ShouldBe(204);
        (
            await Ended(
                admin,
                await admin.Post(
                    "notifications/email",
                    new
                    {
                        recipient = $"bounce@{slug}.example",
                        subject = "s",
                        body = "b",
                    }
                )
            )
        ).Text("status").ShouldBe("sent");
    }

    [Fact]
    public async Task Feedback_that_comes_twice_or_late_changes_nothing()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var address = $"late@{slug}.example";
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
        var bounce = mailing.Signer.Notification(Mailing.Topic, SnsSigner.Said("Bounce", address, mailing.TagsOf(row)));
        (await mailing.Post(bounce)).Status.ShouldBe(204);
        var entry = (await admin.Get("notifications/suppressions")).Items().ShouldHaveSingleItem()!;
        (await admin.Delete($"notifications/suppressions/{entry["id"]}")).Status.ShouldBe(204);

        (await mailing.Post(bounce)).Status.ShouldBe(204); // an old one, sent again by whoever kept it
        (await mailing.Feed(SnsSigner.Said("Delivery", address, mailing.TagsOf(row)))).Status.ShouldBe(204);
        (await mailing.Feed(SnsSigner.Said("Bounce", "somebody@else.example", mailing.TagsOf(row)))).Status.ShouldBe(
            204
        );

        (await admin.Get($"notifications/{row["id"]}")).Text("status").ShouldBe("bounced");
        (await admin.Get("notifications/suppressions")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task Feedback_leaves_its_connection_open()
    {
        var connections = 0;
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = 1,
                ConnectCallback = async (context, cancel) =>
                {
                    Interlocked.Increment(ref connections);
                    var socket = new System.Net.Sockets.Socket(
                        System.Net.Sockets.SocketType.Stream,
                        System.Net.Sockets.ProtocolType.Tcp
                    );
                    await socket.ConnectAsync(context.DnsEndPoint, cancel);
                    return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
                },
            }
        );
        for (var i = 0; i < 5; i++)
        {
            var message = mailing.Signer.Notification(
                Mailing.Topic,
                SnsSigner.Said("Delivery", "nobody@example.com", null, $"<{i}@example.com>")
            );
            using var content = new StringContent(message.ToJsonString(), System.Text.Encoding.UTF8, "text/plain");
            using var answer = await http.PostAsync(
                new Uri(mailing.Service.Url, "/api/v1/notifications/feedback/sns"),
                content,
                TestContext.Current.CancellationToken
            );
            ((int)answer.StatusCode).ShouldBe(204);
            answer.Headers.ConnectionClose.ShouldNotBe(true);
        }

        connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_transient_bounce_adds_no_suppression_and_untagged_feedback_is_matched_by_message_id()
    {
        var (slug, _, admin) = await mailing.NewTenant();
        var address = $"full@{slug}.example";
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
        var messageId = aws.Calls.Single(call => call.Mail?.To.ToString() == address).Mail!.MessageId;

        (
            await mailing.Feed(SnsSigner.Said("Bounce", address, tags: null, $"<{messageId}>", "Transient"), "1")
        ).Status.ShouldBe(204);

        (await admin.Get($"notifications/{row["id"]}")).Text("status").ShouldBe("bounced");
        (await admin.Get("notifications/suppressions")).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_subscription_is_confirmed_by_a_call_of_ours_and_no_link_is_followed()
    {
        var token = aws.Sns.Subscribe(mailing.RealTopic);

        (await mailing.Post(mailing.Signer.Confirmation(mailing.RealTopic, token))).Status.ShouldBe(204);

        aws.Calls.ShouldContain(call =>
            call.Operation == "ConfirmSubscription" && call.Parameters["Token"] == token && call.Reply!.Status == 200
        );
        mailing.Signer.Fetched.ShouldAllBe(url => url.Host == "sns.eu-central-1.amazonaws.com");
    }

    [Theory]
    [InlineData("altered")]
    [InlineData("another key")]
    [InlineData("another topic")]
    [InlineData("another host")]
    [InlineData("plain http")]
    [InlineData("a host that ends alike")]
    [InlineData("a host of another service")]
    [InlineData("another region than its topic's")]
    [InlineData("a host of another partition")]
    [InlineData("another path")]
    [InlineData("a query")]
    [InlineData("no signature")]
    [InlineData("a version that nobody knows")]
    public async Task What_is_not_SNSs_or_not_of_our_topic_is_refused(string forgery)
    {
        var message = mailing.Signer.Notification(
            forgery == "another topic" ? "arn:aws:sns:eu-central-1:666666666666:mine" : Mailing.Topic,
            SnsSigner.Said("Complaint", "x@example.com", new Dictionary<string, string>())
        );
        using var otherKey = new SnsSigner();
        switch (forgery)
        {
            case "altered":
                message["Message"] = message.Text("Message").Replace("x@", "y@", StringComparison.Ordinal);
                break;
            case "another key":
                message["Signature"] = otherKey.Notification(Mailing.Topic, []).Text("Signature");
                break;
            case "another host":
                message["SigningCertURL"] = "https://attacker.example/SimpleNotificationService-1.pem";
                break;
            case "plain http":
                message["SigningCertURL"] = "http://sns.eu-central-1.amazonaws.com/x.pem";
                break;
            case "a host that ends alike":
                message["SigningCertURL"] = "https://sns.eu-central-1.amazonaws.com.attacker.example/x.pem";
                break;
            case "a host of another service":
                message["SigningCertURL"] = SnsSigner.CertificateUrl.Replace(
                    "eu-central-1",
                    "s3-website",
                    StringComparison.Ordinal
                );
                break;
            case "another region than its topic's":
                message["SigningCertURL"] = SnsSigner.CertificateUrl.Replace(
                    "eu-central-1",
                    "us-east-1",
                    StringComparison.Ordinal
                );
                break;
            case "a host of another partition":
                message["SigningCertURL"] = SnsSigner.CertificateUrl.Replace(
                    ".com/",
                    ".com.cn/",
                    StringComparison.Ordinal
                );
                break;
            case "another path":
                message["SigningCertURL"] = SnsSigner.CertificateUrl.Replace(
                    "SimpleNotificationService-",
                    "mine/",
                    StringComparison.Ordinal
                );
                break;
            case "a query":
                message["SigningCertURL"] = SnsSigner.CertificateUrl + "?x=.pem";
                break;
            case "no signature":
                message.Remove("Signature");
                break;
            case "a version that nobody knows":
                message["SignatureVersion"] = "3";
                break;
        }

        (await mailing.Post(message)).ShouldBeProblem(403, "permission_denied");
        mailing.Signer.Fetched.ShouldAllBe(url => url.AbsoluteUri == SnsSigner.CertificateUrl);
    }

    [Fact]
    public async Task Where_no_topic_is_believed_there_is_no_such_endpoint()
    {
        await using var other = await mailing.Cluster.Start();

        (await other.At().PostText("notifications/feedback/sns", "{}", "text/plain")).ShouldBeProblem(404, "not_found");
        (await service.At().PostText("notifications/feedback/sns", "no json", "text/plain")).ShouldBeProblem(
            400,
            "validation_failed"
        );
    }

    [Fact]
    public async Task Feedback_that_is_faster_than_the_answer_is_not_written_over()
    {
        var (slug, id, admin) = await mailing.NewTenant();
        var address = $"fast@{slug}.example";
        mailing.Faults[address] = () =>
            Task.Run(async () =>
                {
                    var row = (await admin.Get($"notifications/history?recipient={address}")).Json["items"]![0]!;
                    row.Text("status").ShouldBe("sending");
                    var tags = new Dictionary<string, string>
                    {
                        ["tenantry_tenant"] = id.ToString(),
                        ["tenantry_notification"] = row.Text("id"),
                    };
                    (await mailing.Feed(SnsSigner.Said("Delivery", address, tags))).Status.ShouldBe(204);
                    return (AwsFault?)null;
                })
                .GetAwaiter()
                .GetResult();

        var accepted = await admin.Post(
            "notifications/email",
            new
            {
                recipient = address,
                subject = "s",
                body = "b",
            }
        );
        var row = await Until(admin, accepted, row => row["provider_id"] is not null);

        row.Text("status").ShouldBe("delivered");
    }

    [Fact]
    public async Task Where_the_settings_name_topics_each_channel_goes_to_its_own()
    {
        await using var played = await AwsEndpoint.Begin();
        var (mails, sms, pushes) = (
            played.Sns.NewTopic("mails"),
            played.Sns.NewTopic("sms"),
            played.Sns.NewTopic("pushes")
        );
        await using var topics = await mailing.Cluster.Start(variables =>
        {
            variables["EMAIL_TRANSPORT"] = variables["SMS_TRANSPORT"] = variables["PUSH_TRANSPORT"] = "sns";
            variables["SNS_REGION"] = played.Region;
            variables["AWS_ACCESS_KEY_ID"] = played.AccessKey;
            variables["AWS_SECRET_ACCESS_KEY"] = played.SecretKey;
            variables["SNS_ENDPOINT_URL"] = played.Url.ToString();
            (variables["SNS_EMAIL_TOPIC_ARN"], variables["SNS_SMS_TOPIC_ARN"], variables["SNS_PUSH_TOPIC_ARN"]) = (
                mails,
                sms,
                pushes
            );
        });
        var admin = await topics.Platform();
        await Mailing.AllowSms(admin);
        var user = (await admin.Get("auth/me")).Text("id");

        var sent = new[]
        {
            (
                mails,
                await Ended(
                    admin,
                    await admin.Post(
                        "notifications/email",
                        new
                        {
                            recipient = "ada@example.com",
                            subject = "Grüezi\u2003Ada",
                            html_body = "<p>Text</p>",
                        }
                    )
                ),
                "ada@example.com",
                "<p>Text</p>"
            ),
            (
                sms,
                await Ended(
                    admin,
                    await admin.Post("notifications/sms", new { recipient = "079 123 45 67", body = "Text" })
                ),
                "+41791234567",
                "Text"
            ),
            (
                pushes,
                await Ended(admin, await admin.Post("notifications/push", new { recipient = user, body = "Text" })),
                user,
                "Text"
            ),
        };

        foreach (var (topic, row, recipient, text) in sent)
        {
            (row.Text("status"), row.Text("transport")).ShouldBe(("sent", "sns_topic"), row.ToString());
            var call = played.Calls.Single(call => call.MessageId == row.Text("provider_id"));
            (call.IsSigned, call.Parameters["TopicArn"], call.Parameters["Message"]).ShouldBe((true, topic, text));
            (Attributes(call)["tenantry_recipient"], Attributes(call)["tenantry_notification"]).ShouldBe(
                (recipient, row.Text("id"))
            );
        }
        played
            .Calls.Single(call => call.Parameters.GetValueOrDefault("TopicArn") == mails)
            .Parameters["Subject"]
            .ShouldBe("Gruezi Ada");
    }

    private static Dictionary<string, string> Attributes(AwsCall call) =>
        Enumerable
            .Range(1, 10)
            .Where(i => call.Parameters.ContainsKey($"MessageAttributes.entry.{i}.Name"))
            .ToDictionary(
                i => call.Parameters[$"MessageAttributes.entry.{i}.Name"],
                i => call.Parameters[$"MessageAttributes.entry.{i}.Value.StringValue"]
            );

    private static Task<JsonNode> Ended(Visitor by, Answer accepted) =>
        Until(by, accepted, row => row.Text("status") is not ("queued" or "sending"));

    private static async Task<JsonNode> Until(Visitor by, Answer accepted, Func<JsonNode, bool> isSo)
    {
        accepted.Status.ShouldBe(202, accepted.Text);
        return await Eventually.Find(async () =>
            (await by.Get($"notifications/{accepted.Json["id"]}")).Json is var row && isSo(row) ? row : null
        );
    }

    /// <summary>A service that sends by SES and SNS, and an Amazon of its own.</summary>
    public sealed class Mailing(Cluster cluster) : IAsyncLifetime
    {
        public const string Topic = "arn:aws:sns:eu-central-1:123456789012:ses-feedback";

        private AwsEndpoint? aws;
        private Service? service;

        public Cluster Cluster => cluster;

        public Service Service => service!;

        public AwsEndpoint Aws => aws!;

        public SnsSigner Signer { get; } = new();

        /// <summary>One that the played SNS knows.</summary>
        public string RealTopic { get; private set; } = "";

        /// <summary>By recipient.</summary>
        public System.Collections.Concurrent.ConcurrentDictionary<string, Func<AwsFault?>> Faults { get; } = new();

        public static async Task<Mailing> Begin(Cluster cluster)
        {
            var mailing = new Mailing(cluster);
            await mailing.InitializeAsync();
            return mailing;
        }

        public async ValueTask InitializeAsync()
        {
            aws = await AwsEndpoint.Begin();
            aws.Fault = call =>
                call.Json is { } json
                && json.TryGetProperty("Destination", out var to)
                && Faults.TryGetValue(to.GetProperty("ToAddresses")[0].GetString()!, out var fault)
                    ? fault()
                    : null;
            (var application, RealTopic) = (aws.Sns.NewApplication(), aws.Sns.NewTopic("ses-events"));
            service = await cluster.Start(
                variables =>
                {
                    variables["EMAIL_TRANSPORT"] = "ses";
                    variables["SMS_TRANSPORT"] = "sns";
                    variables["PUSH_TRANSPORT"] = "sns";
                    variables["AWS_REGION"] = aws.Region;
                    variables["AWS_ACCESS_KEY_ID"] = aws.AccessKey;
                    variables["AWS_SECRET_ACCESS_KEY"] = aws.SecretKey;
                    variables["SNS_ENDPOINT_URL"] = aws.Url.ToString();
                    variables["SES_ENDPOINT_URL"] = aws.Url.ToString();
                    variables["SES_CONFIGURATION_SET"] = "feedback";
                    variables["SNS_PUSH_PLATFORM_ARN"] = application;
                    variables["SNS_FEEDBACK_TOPIC_ARNS"] = $"{Topic},{RealTopic}";
                    variables["SMS_SENDER_ID"] = "Tenantry";
                    variables["NOTIFICATION_RETRY_SECONDS"] = "1";
                    variables["NOTIFICATION_TIMEOUT_SECONDS"] = "2";
                },
                services =>
                    services.AddHttpClient(SnsSignature.HttpClient).ConfigurePrimaryHttpMessageHandler(() => Signer)
            );
        }

        public async Task<(string Slug, Guid Id, Visitor Admin)> NewTenant()
        {
            var slug = "t" + Guid.NewGuid().ToString("N")[..12];
            var created = await (await Service.Platform()).Post(
                "tenants",
                new
                {
                    name = slug,
                    slug,
                    admin = new { email = $"admin@{slug}.example", first_name = "Grace" },
                }
            );
            return (slug, created.Json["id"]!.GetValue<Guid>(), await Accepted(slug, $"admin@{slug}.example"));
        }

        public async Task<(Guid Id, string Email, Visitor Visitor)> Joined(Visitor admin, string slug)
        {
            var email = $"{Guid.NewGuid():N}@{slug}.example";
            var invited = await admin.Post("users", new { email });
            return (invited.Json["id"]!.GetValue<Guid>(), email, await Accepted(slug, email));
        }

        public static async Task AllowSms(Visitor admin) =>
            (
                await admin.Put(
                    "notifications/settings",
                    new
                    {
                        locale = "en",
                        redact_bodies = false,
                        default_region = "CH",
                        sms_per_number_per_day = 100,
                        sms_per_country_per_day = 100,
                        sms_per_day = 100,
                    }
                )
            ).Status.ShouldBe(200);

        public Dictionary<string, string> TagsOf(JsonNode row)
        {
            var call = Aws.Calls.Single(call => call.MessageId == row.Text("provider_id"));
            return call.Json!.Value.GetProperty("EmailTags")
                .EnumerateArray()
                .ToDictionary(
                    tag => tag.GetProperty("Name").GetString()!,
                    tag => tag.GetProperty("Value").GetString()!
                );
        }

        public Task<Answer> Feed(JsonObject said, string version = "2") =>
            Post(Signer.Notification(Topic, said, version));

        /// <summary>As SNS does: JSON that says it is text.</summary>
        public Task<Answer> Post(JsonObject message) =>
            Service.At().PostText("notifications/feedback/sns", message.ToJsonString(), "text/plain");

        public async ValueTask DisposeAsync()
        {
            if (service is not null)
                await service.DisposeAsync();
            if (aws is not null)
                await aws.DisposeAsync();
            Signer.Dispose();
        }

        private async Task<Visitor> Accepted(string slug, string email)
        {
            var mail = (await Aws.Wait(call => call.Mail?.To.ToString() == email && call.Reply is { Status: 200 }, 1))[
                0
            ].Mail!;
            var token = Uri.UnescapeDataString(mail.TextBody!.Split("token=")[1].Split('\n')[0].Trim());
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
            return await Service.At(slug).SignIn(email);
        }
    }
}
