using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using MimeKit;
using Tenantry.Foundation.Aws;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Aws;

/// <summary>
/// The client for services of AWS without an SDK package, against a server that checks signatures by itself.
/// </summary>
public sealed class AwsClientTests
{
    private const string Awkward = "a b+c~d*e'f(g)h!i%20j&k=l/m?n#o;p,q@r$s:t[u]\"v\\w <x> ä€😀\n\t.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_by_query_is_signed_and_its_result_read()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);

        var result = await sns.Query("Publish", Sms("Your code is 123456."), Cancel);

        var call = aws.Calls.ShouldHaveSingleItem();
        call.IsSigned.ShouldBeTrue();
        call.Operation.ShouldBe("Publish");
        call.Parameters["PhoneNumber"].ShouldBe("+4915112345678");
        call.Parameters["Message"].ShouldBe("Your code is 123456.");
        result.Element("MessageId")!.Value.ShouldBe(call.MessageId);
    }

    [Fact]
    public async Task A_call_by_JSON_is_signed_and_its_answer_read()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var ses = Client(aws, AwsService.Ses);

        var result = await ses.Json(HttpMethod.Post, "/v2/email/outbound-emails", Mail("Grüße"), Cancel);

        var call = aws.Calls.ShouldHaveSingleItem();
        call.IsSigned.ShouldBeTrue();
        call.Operation.ShouldBe("SendEmail");
        call.Mail!.Subject.ShouldBe("Grüße");
        call.Mail.TextBody!.TrimEnd().ShouldBe("Hello 😀");
        call.Json!.Value.TryGetProperty("ConfigurationSetName", out _)
            .ShouldBeFalse("A member that is null is not sent.");
        result.GetProperty("MessageId").GetString().ShouldBe(call.MessageId);
    }

    [Fact]
    public async Task A_call_without_a_body_is_signed_too()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var ses = Client(aws, AwsService.Ses);

        (await ses.Json(HttpMethod.Get, "/v2/email/account", null, Cancel))
            .GetProperty("SendingEnabled")
            .GetBoolean()
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_JSON_body_can_be_a_node()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var ses = Client(aws, AwsService.Ses);

        await ses.Json(
            HttpMethod.Post,
            "/v2/email/outbound-emails",
            JsonNode.Parse($$"""{ "Content": { "Raw": { "Data": "{{Mime("Hello")}}" } } }"""),
            Cancel
        );

        aws.Calls.ShouldHaveSingleItem().Mail!.Subject.ShouldBe("Hello");
    }

    [Fact]
    public async Task Every_character_arrives_as_it_was_sent()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);
        using var ses = Client(aws, AwsService.Ses);
        var topic = aws.Sns.NewTopic();

        await sns.Query(
            "Publish",
            new Dictionary<string, string>
            {
                ["TopicArn"] = topic,
                ["Message"] = Awkward,
                ["MessageAttributes.entry.1.Name"] = "kind",
                ["MessageAttributes.entry.1.Value.DataType"] = "String",
                ["MessageAttributes.entry.1.Value.StringValue"] = Awkward,
            },
            Cancel
        );
        await ses.Json(
            HttpMethod.Post,
            "/v2/email/outbound-emails",
            Mail(Awkward.ReplaceLineEndings(" ").Replace('\t', ' ')),
            Cancel
        );

        aws.Calls.ShouldAllBe(call => call.IsSigned);
        aws.Calls[0].Parameters["Message"].ShouldBe(Awkward);
        aws.Calls[0].Parameters["MessageAttributes.entry.1.Value.StringValue"].ShouldBe(Awkward);
        aws.Calls[1].Mail!.Subject.ShouldBe(Awkward.ReplaceLineEndings(" ").Replace('\t', ' '));
    }

    [Fact]
    public async Task An_action_without_a_result_gives_an_empty_one()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);
        var arn = await NewEndpoint(aws, sns);

        (
            await sns.Query(
                "SetEndpointAttributes",
                new Dictionary<string, string>
                {
                    ["EndpointArn"] = arn,
                    ["Attributes.entry.1.key"] = "Enabled",
                    ["Attributes.entry.1.value"] = "false",
                },
                Cancel
            )
        ).HasElements.ShouldBeFalse();

        var attributes = await sns.Query("GetEndpointAttributes", Pair("EndpointArn", arn), Cancel);
        attributes
            .Descendants("entry")
            .Single(entry => entry.Element("key")!.Value == "Enabled")
            .Element("value")!
            .Value.ShouldBe("false");
    }

    [Fact]
    public async Task A_clock_that_is_ten_minutes_off_is_corrected_and_the_call_passes()
    {
        foreach (var offset in new[] { 10, -10 })
        {
            await using var aws = await AwsEndpoint.Begin();
            aws.ClockOffset = TimeSpan.FromMinutes(offset);
            using var sns = Client(aws, AwsService.Sns);
            using var ses = Client(aws, AwsService.Ses);

            await sns.Query("Publish", Sms(), Cancel);
            await ses.Json(HttpMethod.Post, "/v2/email/outbound-emails", Mail(), Cancel);

            aws.Calls.Count(call => call.IsSigned).ShouldBe(2);
            // Refused once, then known for good: the second client calls the same address.
            aws.Calls.Count(call => !call.IsSigned).ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_clock_is_corrected_for_JSON_services_by_themselves()
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.ClockOffset = TimeSpan.FromMinutes(10);
        using var ses = Client(aws, AwsService.Ses);

        await ses.Json(HttpMethod.Post, "/v2/email/outbound-emails", Mail(), Cancel);

        aws.Calls.Select(call => call.Reply!.Code).ShouldBe(["InvalidSignatureException", null]);
    }

    [Theory, InlineData("sns", "Throttling", 400), InlineData("ses", "TooManyRequestsException", 429)]
    public async Task Too_many_calls_are_throttled_and_said_to_pass_later(string service, string code, int status)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Throttling;

        var error = await Failure(aws, service);

        error.Code.ShouldBe(code);
        error.Status.ShouldBe((HttpStatusCode)status);
        error.RequestId.ShouldNotBeNullOrEmpty();
        (error.IsThrottling, error.IsRetryable, error.IsCredentials).ShouldBe((true, true, false));
        aws.Calls.Count.ShouldBe(1, "The queue waits, not the client.");
    }

    [
        Theory,
        InlineData("Throttled", 429),
        InlineData("ThrottledException", 429),
        InlineData("ThrottlingException", 400),
        InlineData("KMSThrottling", 400),
        InlineData("LimitExceededException", 400)
    ]
    public async Task Throttling_has_many_names(string code, int status)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Of(code, status);

        foreach (var service in new[] { "sns", "ses" })
            (await Failure(aws, service)).IsThrottling.ShouldBeTrue();
    }

    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task A_failure_of_the_server_passes_later(string service)
    {
        await using var aws = await AwsEndpoint.Begin();

        aws.Fault = _ => AwsFault.ServerError;
        var error = await Failure(aws, service);
        (error.Code, error.Status).ShouldBe(("InternalFailure", HttpStatusCode.InternalServerError));
        (error.IsThrottling, error.IsRetryable, error.IsCredentials).ShouldBe((false, true, false));

        aws.Fault = _ => AwsFault.Unavailable;
        error = await Failure(aws, service);
        (error.Code, error.Status).ShouldBe((AwsException.UnreadableAnswer, HttpStatusCode.ServiceUnavailable));
        (error.IsRetryable, error.IsCredentials).ShouldBe((true, false));
        aws.Calls.Count.ShouldBe(2);
    }

    [
        Theory,
        InlineData("sns", "InvalidParameter"),
        InlineData("sns", "EndpointDisabled"),
        InlineData("sns", "OptedOut"),
        InlineData("ses", "MessageRejected"),
        InlineData("ses", "MailFromDomainNotVerifiedException")
    ]
    public async Task What_is_wrong_with_the_request_will_be_wrong_again(string service, string code)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Of(code, 400, "The reason, <in> \"words\" & ünicode.");

        var error = await Failure(aws, service);

        (error.Code, error.Status, error.Message).ShouldBe(
            (code, HttpStatusCode.BadRequest, code + ": The reason, <in> \"words\" & ünicode.")
        );
        (error.IsThrottling, error.IsRetryable, error.IsCredentials).ShouldBe((false, false, false));
        aws.Calls.Count.ShouldBe(1);
    }

    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task A_call_without_an_answer_ends_at_its_timeout(string service)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Hang;
        var watch = Stopwatch.StartNew();

        var error = await Failure(aws, service, Access(aws) with { Timeout = TimeSpan.FromMilliseconds(150) });

        (error.Code, error.Status).ShouldBe((AwsException.TimedOut, null));
        (error.IsRetryable, error.IsCredentials).ShouldBe((true, false));
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        aws.Calls.Count.ShouldBe(1);
    }

    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task An_answer_that_stalls_times_out_and_its_connection_is_closed(string service)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Stall;
        using var client = new AwsClient(
            service == "sns" ? AwsService.Sns : AwsService.Ses,
            Access(aws) with
            {
                Timeout = TimeSpan.FromMilliseconds(150),
            }
        );

        (await Should.ThrowAsync<AwsException>(() => Call(client, service, Cancel))).Code.ShouldBe(
            AwsException.TimedOut
        );

        // The reading itself has ended, not only the waiting for it: the server sees the connection go.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        gone.CancelAfter(TimeSpan.FromSeconds(5));
        while (aws.Open > 0)
            await Task.Delay(5, gone.Token);
    }

    [Fact]
    public async Task Also_over_a_connection_that_served_before_a_call_is_sent_once()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);
        await sns.Query("Publish", Sms("first"), Cancel);
        aws.Fault = _ => AwsFault.Drop;

        await Should.ThrowAsync<AwsException>(() => sns.Query("Publish", Sms("second"), Cancel));
        aws.Fault = null;
        await sns.Query("Publish", Sms("third"), Cancel);

        aws.Calls.Select(call => call.Parameters["Message"]).ShouldBe(["first", "second", "third"]);
    }

    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task A_call_that_broke_off_may_have_been_carried_out(string service)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Drop;

        var error = await Failure(aws, service);

        (error.Code, error.Status).ShouldBe((AwsException.ConnectionFailed, null));
        (error.IsRetryable, error.IsCredentials).ShouldBe((true, false));
        aws.Calls.Count.ShouldBe(1, "Another attempt of the client would send it twice.");
        aws.Calls[0].MessageId.ShouldNotBeNull();
        aws.Calls[0].Reply!.IsHeard.ShouldBeFalse();
    }

    [Fact]
    public async Task A_refused_connection_is_a_retryable_error()
    {
        Uri gone;
        AwsAccess access;
        await using (var aws = await AwsEndpoint.Begin())
            (gone, access) = (aws.Url, Access(aws));
        using var sns = new AwsClient(AwsService.Sns, access with { Endpoint = gone });

        var error = await Should.ThrowAsync<AwsException>(() => sns.Query("Publish", Sms(), Cancel));

        (error.Code, error.IsRetryable).ShouldBe((AwsException.ConnectionFailed, true));
    }

    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task The_caller_can_cancel_a_call(string service)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Hang;
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var client = Client(aws, service == "sns" ? AwsService.Sns : AwsService.Ses);

        var calling = Call(client, service, source.Token);
        await aws.Wait(call => call.Service == service, 1);
        await source.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(() => calling)).CancellationToken.ShouldBe(source.Token);
    }

    [Theory, InlineData("sns", "SignatureDoesNotMatch"), InlineData("ses", "InvalidSignatureException")]
    public async Task A_wrong_secret_key_is_a_credentials_error_and_not_retryable(string service, string code)
    {
        await using var aws = await AwsEndpoint.Begin();

        var error = await Failure(aws, service, Access(aws) with { SecretKey = "wrong" + aws.SecretKey });

        (error.Code, error.Status).ShouldBe((code, HttpStatusCode.Forbidden));
        (error.IsRetryable, error.IsCredentials).ShouldBe((false, true));
        aws.Calls.ShouldHaveSingleItem().IsSigned.ShouldBeFalse();
    }

    [Theory, InlineData("sns", "InvalidClientTokenId"), InlineData("ses", "UnrecognizedClientException")]
    public async Task An_unknown_access_key_is_a_credentials_error_and_not_retryable(string service, string code)
    {
        await using var aws = await AwsEndpoint.Begin();

        var error = await Failure(aws, service, Access(aws) with { AccessKey = "AKIAUNKNOWN" });

        (error.Code, error.Status).ShouldBe((code, HttpStatusCode.Forbidden));
        (error.IsRetryable, error.IsCredentials).ShouldBe((false, true));
    }

    [
        Theory,
        InlineData("AccessDenied"),
        InlineData("AccessDeniedException"),
        InlineData("AuthorizationError"),
        InlineData("ExpiredToken"),
        InlineData("ExpiredTokenException"),
        InlineData("MissingAuthenticationToken"),
        InlineData("InvalidAccessKeyId")
    ]
    public async Task A_refusal_of_the_access_key_is_a_credentials_error(string code)
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Of(code, 403);

        (await Failure(aws, "sns")).IsCredentials.ShouldBeTrue();
        (await Failure(aws, "ses")).IsCredentials.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_region_is_not_this_one()
    {
        await using var aws = await AwsEndpoint.Begin();

        (await Failure(aws, "sns", Access(aws) with { Region = "us-east-1" })).IsCredentials.ShouldBeTrue();
    }

    /// <summary>AWS repeats what a signature should have covered, the session's token among it.</summary>
    [Theory, InlineData("sns"), InlineData("ses")]
    public async Task No_error_contains_the_signed_text_or_the_keys(string service)
    {
        await using var aws = await AwsEndpoint.Begin();
        var access = Access(aws) with { SecretKey = "wrong" };

        var error = await Failure(aws, service, access);
        aws.Calls[0].Reply!.Text.ShouldContain("The Canonical String for this request should have been");
        error.ToString().ShouldNotContain("Canonical");
        error.ToString().ShouldNotContain("x-amz-date");

        aws.Fault = _ => AwsFault.Of("AccessDenied", 403, $"{aws.AccessKey} may not use {aws.SecretKey}.");
        foreach (var text in new[] { (await Failure(aws, service)).ToString(), Access(aws).ToString() })
        {
            text.ShouldNotContain(aws.AccessKey);
            text.ShouldNotContain(aws.SecretKey);
        }
    }

    [Fact]
    public async Task A_clock_that_stays_wrong_passes_later()
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ =>
            AwsFault.Of(
                "InvalidSignatureException",
                403,
                "Signature expired: 20261123T100000Z is now earlier than 20261123T101000Z (20261123T101500Z - 5 min.)"
            );

        var error = await Failure(aws, "ses");

        (error.IsClockSkew, error.IsRetryable, error.IsCredentials).ShouldBe((true, true, false));
    }

    [Fact]
    public async Task What_is_not_the_service_is_not_taken_for_an_answer()
    {
        await using var aws = await AwsEndpoint.Begin();

        aws.Fault = _ => AwsFault.Page(200);
        foreach (var service in new[] { "sns", "ses" })
        {
            var error = await Failure(aws, service);
            (error.Code, error.IsRetryable).ShouldBe((AwsException.UnreadableAnswer, true));
        }

        aws.Fault = _ => AwsFault.Page(404);
        foreach (var service in new[] { "sns", "ses" })
        {
            var error = await Failure(aws, service);
            (error.Code, error.Status, error.IsRetryable).ShouldBe(
                (AwsException.UnreadableAnswer, HttpStatusCode.NotFound, false)
            );
        }
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        await using var aws = await AwsEndpoint.Begin();
        aws.Fault = _ => AwsFault.Of("InternalFailure", 500, new string('x', 2 << 20));

        var error = await Failure(aws, "sns");

        (error.Code, error.IsRetryable).ShouldBe((AwsException.ConnectionFailed, true));
    }

    [Fact]
    public async Task One_connection_serves_many_calls()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);

        for (var i = 0; i < 20; i++)
            await sns.Query("Publish", Sms(), Cancel);

        aws.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Many_calls_at_once_are_each_signed()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Client(aws, AwsService.Sns);

        await Task.WhenAll(
            Enumerable.Range(0, 50).Select(number => sns.Query("Publish", Sms($"Number {number}"), Cancel))
        );

        aws.Calls.Count.ShouldBe(50);
        aws.Calls.ShouldAllBe(call => call.IsSigned);
        aws.Calls.Select(call => call.Parameters["Message"]).Distinct().Count().ShouldBe(50);
    }

    [
        Theory,
        InlineData(
            "eu-central-1",
            "https://sns.eu-central-1.amazonaws.com/",
            "https://email.eu-central-1.amazonaws.com/"
        ),
        InlineData(
            "cn-north-1",
            "https://sns.cn-north-1.amazonaws.com.cn/",
            "https://email.cn-north-1.amazonaws.com.cn/"
        )
    ]
    public void Without_an_endpoint_AWS_is_where_it_says(string region, string sns, string ses)
    {
        foreach (var (service, expected) in new[] { (AwsService.Sns, sns), (AwsService.Ses, ses) })
        {
            using var pipeline = AwsPipeline.Create(
                service,
                new AwsAccess(region, "AKIDEXAMPLE", "secret", null, TimeSpan.FromSeconds(1))
            );
            new Uri(pipeline.Config.DetermineServiceOperationEndpoint(null).URL).AbsoluteUri.ShouldBe(expected);
        }
    }

    private static AwsAccess Access(AwsEndpoint aws) =>
        new(aws.Region, aws.AccessKey, aws.SecretKey, aws.Url, TimeSpan.FromSeconds(10));

    private static AwsClient Client(AwsEndpoint aws, AwsService service) => new(service, Access(aws));

    private static async Task<AwsException> Failure(AwsEndpoint aws, string service, AwsAccess? access = null)
    {
        using var client = new AwsClient(service == "sns" ? AwsService.Sns : AwsService.Ses, access ?? Access(aws));
        return await Should.ThrowAsync<AwsException>(() => Call(client, service, Cancel));
    }

    private static Task Call(AwsClient client, string service, CancellationToken cancel) =>
        service == "sns"
            ? client.Query("Publish", Sms(), cancel)
            : client.Json(HttpMethod.Post, "/v2/email/outbound-emails", Mail(), cancel);

    private static async Task<string> NewEndpoint(AwsEndpoint aws, AwsClient sns)
    {
        var created = await sns.Query(
            "CreatePlatformEndpoint",
            new Dictionary<string, string>
            {
                ["PlatformApplicationArn"] = aws.Sns.NewApplication(),
                ["Token"] = "of the device",
            },
            Cancel
        );
        return created.Element("EndpointArn")!.Value;
    }

    private static Dictionary<string, string> Pair(string name, string value) => new() { [name] = value };

    private static Dictionary<string, string> Sms(string text = "Hello") =>
        new() { ["PhoneNumber"] = "+4915112345678", ["Message"] = text };

    private static object Mail(string subject = "Hello") =>
        new
        {
            FromEmailAddress = "sender@example.com",
            Destination = new { ToAddresses = new[] { "ada@example.org" } },
            Content = new { Raw = new { Data = Mime(subject) } },
            EmailTags = new[] { new { Name = "tenant", Value = "acme" } },
            ConfigurationSetName = (string?)null,
        };

    private static string Mime(string subject)
    {
        using var message = new MimeMessage(
            [new MailboxAddress("", "sender@example.com")],
            [new MailboxAddress("Ada", "ada@example.org")],
            subject,
            new TextPart("plain") { Text = "Hello 😀" }
        );
        using var bytes = new MemoryStream();
        message.WriteTo(bytes, CancellationToken.None);
        return Convert.ToBase64String(bytes.ToArray());
    }
}
