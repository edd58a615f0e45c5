using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>A call of SNS's <c>Publish</c>, with the attributes by which receivers know a message that they have already.</summary>
internal static class SnsPublish
{
    public static async Task<Outcome> Send(
        AwsClient sns,
        Message message,
        (string Name, string Value) to,
        IEnumerable<(string Name, string Value)> attributes,
        string? subject,
        CancellationToken cancel,
        bool isJson = false
    )
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new(to.Name, to.Value),
            new("Message", message.Text ?? ""),
        };
        if (subject is not null)
            parameters.Add(new("Subject", subject));
        if (isJson)
            parameters.Add(new("MessageStructure", "json"));
        var number = 0;
        foreach (
            var (name, value) in attributes
                .Append((FeedbackTags.Tenant, message.TenantId.ToString()))
                .Append((FeedbackTags.Notification, message.Id.ToString()))
        )
        {
            number++;
            var place = string.Create(CultureInfo.InvariantCulture, $"MessageAttributes.entry.{number}.");
            parameters.Add(new(place + "Name", name));
            parameters.Add(new(place + "Value.DataType", "String"));
            parameters.Add(new(place + "Value.StringValue", value));
        }
        var answer = await sns.Query("Publish", parameters, cancel);
        return Outcome.Sent(answer.Elements().FirstOrDefault(element => element.Name.LocalName == "MessageId")?.Value);
    }

    /// <summary>What SNS takes as a subject: ASCII, in one line, less than 100 characters.</summary>
    public static string? SubjectOf(Message message)
    {
        if (message.Subject is not { Length: > 0 } subject)
            return null;
        var ascii = new StringBuilder(subject.Length);
        foreach (var character in StorableText.Normalized(subject, NormalizationForm.FormKD))
        {
            if (character is >= ' ' and <= '~')
                ascii.Append(character);
            else if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
                ascii.Append('?');
        }
        var text = ascii.ToString().Trim();
        return text.Length == 0 ? null : text[..Math.Min(text.Length, 99)];
    }
}

/// <summary>A topic takes everything of a channel: whoever subscribed to it delivers. SNS itself sends mail of a topic only to subscribers who confirmed.</summary>
public sealed class SnsTopicTransport(AwsClient sns, Channel channel, string topic) : ITransport
{
    public Channel Channel => channel;

    public string Name => "sns_topic";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        try
        {
            return await SnsPublish.Send(
                sns,
                message with
                {
                    Text = message.Text ?? message.Html,
                },
                ("TopicArn", topic),
                [("tenantry_recipient", message.Recipient)],
                SnsPublish.SubjectOf(message),
                cancel
            );
        }
        catch (AwsException e)
        {
            return AwsOutcome.Of(e);
        }
    }
}

/// <summary>An SMS to the number itself.</summary>
public sealed class SnsSmsTransport(AwsClient sns, MessageSettings settings) : ITransport
{
    public Channel Channel => Channel.Sms;

    public string Name => "sns";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        var attributes = new List<(string, string)>
        {
            ("AWS.SNS.SMS.SMSType", settings.SmsIsPromotional ? "Promotional" : "Transactional"),
        };
        if (settings.SmsSender is { } sender)
            attributes.Add(("AWS.SNS.SMS.SenderID", sender));
        try
        {
            return await SnsPublish.Send(
                sns,
                message,
                ("PhoneNumber", message.Recipient),
                attributes,
                subject: null,
                cancel
            );
        }
        catch (AwsException e)
        {
            return AwsOutcome.Of(e);
        }
    }
}

/// <summary>A push message to a device. SNS hears of the device with its first message; one that the platform has switched off is retired.</summary>
public sealed partial class SnsPushTransport(AwsClient sns, string platform) : ITransport
{
    public Channel Channel => Channel.Push;

    public string Name => "sns";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        if (message.Device is not { } device)
            return Outcome.Refused("The device is not registered any more.");
        if (device.RetiredBecause is { } retired)
            return Outcome.Refused("The device gets no messages any more: " + retired);
        var endpoint = device.EndpointArn;
        try
        {
            // The same token has the same endpoint, however often it is made: an instance that dies here leaves nothing behind.
            endpoint ??= await Endpoint(device, cancel);
            var outcome = await SnsPublish.Send(
                sns,
                message with
                {
                    Text = PayloadOf(message),
                },
                ("TargetArn", endpoint),
                [],
                subject: null,
                cancel,
                isJson: true
            );
            return outcome with { Device = Learned(device, endpoint) };
        }
        catch (AwsException e)
            when (e.Code is "EndpointDisabled" or "EndpointDisabledException" or "NotFound" or "NotFoundException"
                || (e.Code is "InvalidParameter" or "InvalidParameterException" && endpoint is null)
            )
        {
            var reason = "Amazon answered " + e.Message;
            return new Outcome(OutcomeKind.Refused, Reason: reason, Device: new DeviceChange(endpoint, reason));
        }
        catch (AwsException e)
        {
            return AwsOutcome.Of(e) with { Device = Learned(device, endpoint) };
        }
    }

    private static DeviceChange? Learned(DeviceOfMessage device, string? endpoint) =>
        endpoint is null || endpoint == device.EndpointArn ? null : new DeviceChange(endpoint);

    private async Task<string> Endpoint(DeviceOfMessage device, CancellationToken cancel)
    {
        string endpoint;
        try
        {
            var answer = await sns.Query(
                "CreatePlatformEndpoint",
                [new("PlatformApplicationArn", platform), new("Token", device.Token)],
                cancel
            );
            endpoint = answer.Elements().First(element => element.Name.LocalName == "EndpointArn").Value;
        }
        catch (AwsException e) when (Existing().Match(e.Message) is { Success: true } known)
        {
            endpoint = known.Groups[1].Value; // somebody else made it, with a word of their own on it
        }
        // It may have been there, and switched off: a token that was given to us just now is good.
        await sns.Query(
            "SetEndpointAttributes",
            [
                new("EndpointArn", endpoint),
                new("Attributes.entry.1.key", "Enabled"),
                new("Attributes.entry.1.value", "true"),
            ],
            cancel
        );
        return endpoint;
    }

    /// <summary>As each platform wants it. The id goes along: an application can tell a message that it has already.</summary>
    private static string PayloadOf(Message message)
    {
        var (title, text, id) = (message.Subject, message.Text ?? "", message.Id.ToString());
        var apns = new JsonObject
        {
            ["aps"] = new JsonObject
            {
                ["alert"] = new JsonObject { ["title"] = title, ["body"] = text },
            },
            [FeedbackTags.Notification] = id,
        }.ToJsonString();
        var fcm = new JsonObject
        {
            ["notification"] = new JsonObject { ["title"] = title, ["body"] = text },
            ["data"] = new JsonObject { [FeedbackTags.Notification] = id },
        }.ToJsonString();
        return new JsonObject
        {
            ["default"] = text,
            ["APNS"] = apns,
            ["APNS_SANDBOX"] = apns,
            ["GCM"] = fcm,
        }.ToJsonString();
    }

    [GeneratedRegex(@"Endpoint (arn:aws[a-z-]*:sns:\S+) already exists")]
    private static partial Regex Existing();
}
