using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Sends SMS by Amazon SNS.</summary>
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
