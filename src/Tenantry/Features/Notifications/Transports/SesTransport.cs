using System.Text.Json.Nodes;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Feedback;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Sends e-mail by Amazon SES (API version 2, <c>SendEmail</c> with a raw MIME message).</summary>
public sealed class SesTransport(AwsClient ses, MailMessage mail, ServiceSettings settings) : ITransport
{
    public Channel Channel => Channel.Email;

    public string Name => "ses";

    public async Task<Outcome> Send(Message message, CancellationToken cancel)
    {
        using var raw = new MemoryStream();
        var mime = mail.Of(message);
        await mime.WriteToAsync(raw, cancel);
        var body = new JsonObject
        {
            ["FromEmailAddress"] = mime.From.Mailboxes.Single().GetAddress(idnEncode: true),
            ["Destination"] = new JsonObject { ["ToAddresses"] = new JsonArray(message.Recipient) },
            ["Content"] = new JsonObject
            {
                ["Raw"] = new JsonObject { ["Data"] = Convert.ToBase64String(raw.GetBuffer(), 0, (int)raw.Length) },
            },
            ["EmailTags"] = new JsonArray(
                Tag(FeedbackTags.Tenant, message.TenantId),
                Tag(FeedbackTags.Notification, message.Id)
            ),
        };
        if (settings.Messages.SesConfigurationSet is { } set)
            body["ConfigurationSetName"] = set;
        try
        {
            var answer = await ses.Json(HttpMethod.Post, "/v2/email/outbound-emails", body, cancel);
            return Outcome.Sent(answer.GetProperty("MessageId").GetString());
        }
        catch (AwsException e)
        {
            return AwsOutcome.Of(e);
        }
    }

    private static JsonObject Tag(string name, Guid value) => new([new("Name", name), new("Value", value.ToString())]);
}
