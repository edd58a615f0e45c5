using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>
/// Publishes all messages of a channel to one SNS topic, whose subscribers deliver them. SNS itself sends e-mails of a
/// topic only to addresses that confirmed a subscription.
/// </summary>
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
