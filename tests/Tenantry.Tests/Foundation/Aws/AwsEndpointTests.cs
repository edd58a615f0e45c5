using System.Text;
using Tenantry.Foundation.Aws;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Aws;

/// <summary>
/// What other tests hold the service against is itself held: the signature against AWS's published example, the played
/// services against AWS's documentation.
/// </summary>
public sealed class AwsEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_signature_is_that_of_the_published_example()
    {
        const string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        const string time = "20150830T123600Z";

        var canonical = SigV4.CanonicalRequest(
            "GET",
            "/?Version=2010-05-08&Action=ListUsers",
            [
                ("X-Amz-Date", time),
                ("Host", "iam.amazonaws.com"),
                ("Content-Type", "application/x-www-form-urlencoded;   charset=utf-8"),
            ],
            SigV4.Hash([])
        );

        SigV4
            .Hash(Encoding.UTF8.GetBytes(canonical))
            .ShouldBe("f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
        SigV4
            .Of(secret, time, "20150830", "us-east-1", "iam", canonical)
            .ShouldBe("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
        var header = SigV4.Read(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        )!;
        (header.AccessKey, header.Region, header.Service).ShouldBe(("AKIDEXAMPLE", "us-east-1", "iam"));
        header.IsBy(secret, time, canonical).ShouldBeTrue();
        header.IsBy(secret + "x", time, canonical).ShouldBeFalse();
    }

    [Fact]
    public async Task A_request_that_was_changed_on_its_way_is_refused()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var http = new HttpClient { BaseAddress = aws.Url };
        var time = SigV4.Time(DateTimeOffset.UtcNow);
        const string body = "Action=Publish&Version=2010-03-31&PhoneNumber=%2B4915112345678&Message=Hello";

        async Task<int> Send(string sent, string? signedHeaders = null, string? hash = null)
        {
            using var content = new StringContent(sent, Encoding.UTF8, "application/x-www-form-urlencoded");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };
            request.Headers.Add("X-Amz-Date", time);
            if (hash is not null)
                request.Headers.Add("X-Amz-Content-SHA256", hash);
            var headers = new List<(string Name, string Value)>
            {
                ("content-type", content.Headers.ContentType!.ToString()),
                ("host", aws.Url.Authority),
                ("x-amz-date", time),
            };
            if (hash is not null)
                headers.Add(("x-amz-content-sha256", hash));
            var canonical = SigV4.CanonicalRequest(
                "POST",
                "/",
                headers.Where(header => signedHeaders?.Contains(header.Name) ?? true),
                hash ?? SigV4.Hash(Encoding.UTF8.GetBytes(body))
            );
            var signed = string.Join(
                ';',
                headers
                    .Select(header => header.Name)
                    .Where(name => signedHeaders?.Contains(name) ?? true)
                    .Order(StringComparer.Ordinal)
            );
            request.Headers.TryAddWithoutValidation(
                "Authorization",
                $"AWS4-HMAC-SHA256 Credential={aws.AccessKey}/{time[..8]}/{aws.Region}/sns/aws4_request, SignedHeaders={signed}, Signature={SigV4.Of(aws.SecretKey, time, time[..8], aws.Region, "sns", canonical)}"
            );
            using var response = await http.SendAsync(request, Cancel);
            return (int)response.StatusCode;
        }

        (await Send(body)).ShouldBe(200);
        (await Send(body, hash: SigV4.Hash(Encoding.UTF8.GetBytes(body)))).ShouldBe(200);
        (await Send(body + "!")).ShouldBe(403);
        (await Send(body + "!", hash: SigV4.Hash(Encoding.UTF8.GetBytes(body)))).ShouldBe(403);
        (await Send(body, hash: "UNSIGNED-PAYLOAD")).ShouldBe(403);
        (await Send(body, "content-type;x-amz-date")).ShouldBe(403);
        (await Send(body, "content-type;host")).ShouldBe(403);
        aws.Calls.Select(call => call.IsSigned).ShouldBe([true, true, false, false, false, false, false]);
    }

    [Fact]
    public async Task A_request_without_a_signature_is_refused()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var http = new HttpClient { BaseAddress = aws.Url };
        using var content = new StringContent(
            "Action=Publish&Version=2010-03-31",
            Encoding.UTF8,
            "application/x-www-form-urlencoded"
        );

        using var response = await http.PostAsync("/", content, Cancel);

        ((int)response.StatusCode).ShouldBe(403);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>MissingAuthenticationToken</Code>");
    }

    [Fact]
    public async Task An_endpoint_is_made_once_for_each_token()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Sns(aws);
        var application = aws.Sns.NewApplication();

        var first = await Create(sns, application, "device", "user 1");
        (await Create(sns, application, "device", "user 1")).ShouldBe(first);
        (await Create(sns, application, "another device", "user 1")).ShouldNotBe(first);
        var error = await Should.ThrowAsync<AwsException>(() => Create(sns, application, "device", "user 2"));

        error.Code.ShouldBe("InvalidParameter");
        error.Message.ShouldEndWith(
            $"Invalid parameter: Token Reason: Endpoint {first} already exists with the same Token, but different attributes."
        );
        (
            await Refused(
                sns,
                "CreatePlatformEndpoint",
                ("PlatformApplicationArn", application + "x"),
                ("Token", "device")
            )
        ).ShouldBe("NotFound");
    }

    [Fact]
    public async Task A_disabled_endpoint_takes_no_message_until_it_is_enabled()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Sns(aws);
        var arn = await Create(sns, aws.Sns.NewApplication(), "device", "user 1");
        (string, string)[] message =
        [
            ("TargetArn", arn),
            ("Message", """{ "default": "Hello", "GCM": "{}" }"""),
            ("MessageStructure", "json"),
        ];
        await Do(sns, "Publish", message);

        aws.Sns.Disable(arn);
        (await Refused(sns, "Publish", message)).ShouldBe("EndpointDisabled");
        await Do(
            sns,
            "SetEndpointAttributes",
            ("EndpointArn", arn),
            ("Attributes.entry.1.key", "Enabled"),
            ("Attributes.entry.1.value", "true"),
            ("Attributes.entry.2.key", "Token"),
            ("Attributes.entry.2.value", "new")
        );
        await Do(sns, "Publish", message);
        aws.Sns.Endpoints[arn].Token.ShouldBe("new");

        await Do(sns, "DeleteEndpoint", ("EndpointArn", arn));
        await Do(sns, "DeleteEndpoint", ("EndpointArn", arn));
        (await Refused(sns, "Publish", message)).ShouldBe("InvalidParameter");
        (await Refused(sns, "GetEndpointAttributes", ("EndpointArn", arn))).ShouldBe("NotFound");
    }

    [Fact]
    public async Task A_subscription_is_confirmed_by_its_token()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Sns(aws);
        var topic = aws.Sns.NewTopic();

        var result = await Do(sns, "ConfirmSubscription", ("TopicArn", topic), ("Token", aws.Sns.Subscribe(topic)));

        result.Element("SubscriptionArn")!.Value.ShouldStartWith(topic + ":");
        (await Refused(sns, "ConfirmSubscription", ("TopicArn", topic), ("Token", "guessed"))).ShouldBe(
            "InvalidParameter"
        );
    }

    [Fact]
    public async Task What_SNS_does_not_take_is_refused()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Sns(aws);
        var topic = aws.Sns.NewTopic();

        foreach (
            var number in new[] { "4915112345678", "+49 151 12345678", "+0123456789", "+49", "tel:+4915112345678" }
        )
            (await Refused(sns, "Publish", ("PhoneNumber", number), ("Message", "Hello"))).ShouldBe(
                "InvalidParameter",
                number
            );
        (await Refused(sns, "Publish", ("TopicArn", topic + "x"), ("Message", "Hello"))).ShouldBe("NotFound");
        (
            await Refused(sns, "Publish", ("TopicArn", topic), ("PhoneNumber", "+4915112345678"), ("Message", "Hello"))
        ).ShouldBe("InvalidParameter");
        (await Refused(sns, "Publish", ("TopicArn", topic), ("Message", ""))).ShouldBe("InvalidParameter");
        (await Refused(sns, "Publish", ("TopicArn", topic), ("Message", new string('x', 300_000)))).ShouldBe(
            "InvalidParameter"
        );
        (await Refused(sns, "Publish", ("TopicArn", topic), ("Message", "{}"), ("MessageStructure", "json"))).ShouldBe(
            "InvalidParameter"
        );
        (
            await Refused(sns, "Publish", ("TopicArn", topic), ("Message", "Hello"), ("Messagestructure", "json"))
        ).ShouldBe("UnknownParameter");
        (
            await Refused(
                sns,
                "Publish",
                ("TopicArn", topic),
                ("Message", "Hello"),
                ("MessageAttributes.entry.1.Name", "kind")
            )
        ).ShouldBe("ParameterValueInvalid");
        (await Refused(sns, "Publsh", ("TopicArn", topic))).ShouldBe("InvalidAction");
    }

    [Fact]
    public async Task What_SES_does_not_take_is_refused()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var ses = new AwsClient(AwsService.Ses, Access(aws));
        var raw = new
        {
            Raw = new
            {
                Data = Convert.ToBase64String(
                    "From: a@example.com\r\nTo: b@example.com\r\nSubject: Hello\r\n\r\nHello\r\n"u8
                ),
            },
        };

        async Task<string> Refusal(object body, string path = "/v2/email/outbound-emails") =>
            (await Should.ThrowAsync<AwsException>(() => ses.Json(HttpMethod.Post, path, body, Cancel))).Code;

        await ses.Json(HttpMethod.Post, "/v2/email/outbound-emails", new { Content = raw }, Cancel);
        (await Refusal(new { Content = raw, FromEmailAdress = "a@example.com" })).ShouldBe("BadRequestException");
        (await Refusal(new { Content = raw, Destination = new { To = new[] { "b@example.com" } } })).ShouldBe(
            "BadRequestException"
        );
        (await Refusal(new { Content = raw, Destination = new { ToAddresses = Array.Empty<string>() } })).ShouldBe(
            "BadRequestException"
        );
        (await Refusal(new { Content = raw, Destination = new { ToAddresses = "b@example.com" } })).ShouldBe(
            "SerializationException"
        );
        (
            await Refusal(new { Content = raw, EmailTags = new[] { new { Name = "tenant", Value = "with a space" } } })
        ).ShouldBe("BadRequestException");
        (await Refusal(new { Content = new { Raw = new { Data = "no base64" } } })).ShouldBe("BadRequestException");
        (await Refusal(new { })).ShouldBe("BadRequestException");
        (await Refusal(new { Content = raw }, "/v2/email/outbound-email")).ShouldBe("UnknownOperationException");
        aws.Ses.IsSendingEnabled = false;
        (await Refusal(new { Content = raw })).ShouldBe("SendingPausedException");
    }

    [Fact]
    public async Task Waiting_ends_when_the_call_is_heard_or_patience_ends()
    {
        await using var aws = await AwsEndpoint.Begin();
        using var sns = Sns(aws);

        var waiting = aws.Wait(call => call.Parameters.GetValueOrDefault("Message") == "second", 1);
        await Do(sns, "Publish", ("PhoneNumber", "+4915112345678"), ("Message", "first"));
        waiting.IsCompleted.ShouldBeFalse();
        await Do(sns, "Publish", ("PhoneNumber", "+4915112345678"), ("Message", "second"));

        (await waiting).ShouldHaveSingleItem().MessageId.ShouldNotBeNull();
        await Should.ThrowAsync<TimeoutException>(() => aws.Wait(_ => true, 3, TimeSpan.FromMilliseconds(20)));
    }

    private static AwsAccess Access(AwsEndpoint aws) =>
        new(aws.Region, aws.AccessKey, aws.SecretKey, aws.Url, TimeSpan.FromSeconds(10));

    private static AwsClient Sns(AwsEndpoint aws) => new(AwsService.Sns, Access(aws));

    private static Task<System.Xml.Linq.XElement> Do(
        AwsClient sns,
        string action,
        params (string Name, string Value)[] parameters
    ) => sns.Query(action, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), Cancel);

    private static async Task<string> Refused(
        AwsClient sns,
        string action,
        params (string Name, string Value)[] parameters
    ) => (await Should.ThrowAsync<AwsException>(() => Do(sns, action, parameters))).Code;

    private static async Task<string> Create(AwsClient sns, string application, string token, string data) =>
        (
            await Do(
                sns,
                "CreatePlatformEndpoint",
                ("PlatformApplicationArn", application),
                ("Token", token),
                ("CustomUserData", data)
            )
        )
            .Element("EndpointArn")!
            .Value;
}
