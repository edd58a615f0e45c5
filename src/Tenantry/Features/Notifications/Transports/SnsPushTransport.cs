using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>
/// Sends push notifications by Amazon SNS. The SNS endpoint of a device is created with its first message. A device
/// whose endpoint the platform has disabled is retired.
/// </summary>
public sealed partial class SnsPushTransport(AwsClient sns, string platform) : ITransport
{
    public Channel Channel => Channel.Push;

    public string Name => "sns";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        if (message.Device is not { } device)
            return Outcome.Refused("The device is no longer registered.");
        if (device.RetiredBecause is { } retired)
            return Outcome.Refused("The device is retired: " + retired);
        var endpoint = device.EndpointArn;
        try
        {
            // Creating the endpoint of a token again returns the same one, so an instance that dies here leaves nothing
            // behind.
            endpoint ??= await CreateEndpoint(device, cancel);
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
            return outcome with { Device = Change(device, endpoint) };
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
            return AwsOutcome.Of(e) with { Device = Change(device, endpoint) };
        }
    }

    private static DeviceChange? Change(DeviceOfMessage device, string? endpoint) =>
        endpoint is null || endpoint == device.EndpointArn ? null : new DeviceChange(endpoint);

    private async Task<string> CreateEndpoint(DeviceOfMessage device, CancellationToken cancel)
    {
        string endpoint;
        try
        {
            var response = await sns.Query(
                "CreatePlatformEndpoint",
                [new("PlatformApplicationArn", platform), new("Token", device.Token)],
                cancel
            );
            endpoint = response.Elements().First(element => element.Name.LocalName == "EndpointArn").Value;
        }
        catch (AwsException e) when (Existing().Match(e.Message) is { Success: true } existing)
        {
            // It was created by another application, with other attributes.
            endpoint = existing.Groups[1].Value;
        }
        // The endpoint may exist and be disabled. A token that was registered just now is valid, so it is enabled.
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

    /// <summary>
    /// The payload in the format of each platform. It contains the id of the message, by which an application
    /// recognises one that it has already.
    /// </summary>
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
