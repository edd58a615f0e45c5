using Tenantry.Foundation.Database;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Outbox;

/// <summary>
/// Puts a message into the change that a handler is about to save: nothing is sent for a change that did not happen, and nothing is
/// lost for one that did. With the mailbox as transport the row itself is the delivery.
/// </summary>
public sealed class Outbox(ServiceSettings settings, TimeProvider clock)
{
    public const string MailboxTransport = "mailbox";

    public void Mail(TenantDb db, string recipient, string subject, string body, string template, Guid? userId)
    {
        var now = clock.GetUtcNow();
        db.Add(new Notification
        {
            TenantId = db.Tenant ?? throw new InvalidOperationException("A message belongs to a tenant."),
            UserId = userId,
            Type = Channel.Email,
            Recipient = recipient,
            Subject = subject,
            TemplateName = template,
            Body = body,
            Transport = MailboxTransport,
            Status = NotificationStatus.Sent,
            SentAt = now,
            CreatedAt = now,
        });
    }

    /// <summary>An address of this installation for a mail to point to.</summary>
    public string Link(string path, string token) => new Uri(settings.AppBaseUrl, $"{path}?token={Uri.EscapeDataString(token)}").ToString();
}
