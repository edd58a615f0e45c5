using MimeKit;
using MimeKit.Text;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>
/// Builds the e-mail of a message (RFC 5322). MimeKit encodes every header, so that no text can inject one. Every
/// attempt has the same Message-ID, by which a receiver recognises a message that it has already.
/// </summary>
public sealed class MailMessage(ServiceSettings settings, UnsubscribeLink unsubscribeLink)
{
    public const string IdHeader = "X-Tenantry-Notification";

    private readonly string host = settings.FromEmail[(settings.FromEmail.LastIndexOf('@') + 1)..];

    public MimeMessage Of(Message message)
    {
        var mail = new MimeMessage();
        var (from, replyTo) = Senders(message.Tenant);
        mail.From.Add(from);
        if (replyTo is not null)
            mail.ReplyTo.Add(replyTo);
        mail.To.Add(new MailboxAddress((string?)null, message.Recipient));
        mail.Subject = message.Subject ?? "";
        mail.Date = message.Since;
        mail.MessageId = $"{message.Id:N}.{message.TenantId:N}@{host}";
        mail.Headers.Add(IdHeader, $"{message.TenantId}/{message.Id}");
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834: no automatic replies
        if (message.Category == Category.Marketing)
        {
            mail.Headers.Add(
                HeaderId.ListUnsubscribe,
                $"<{unsubscribeLink.Create(message.TenantId, message.Channel, message.Recipient)}>"
            );
            mail.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click"); // RFC 8058
        }
        mail.Body = BodyOf(message);
        return mail;
    }

    /// <summary>
    /// A tenant's own address is the sender only under its verified domain. Otherwise a user who may change a tenant
    /// could send e-mail in the name of anyone. Such an address becomes the Reply-To address.
    /// </summary>
    private (MailboxAddress From, MailboxAddress? ReplyTo) Senders(TenantOfMessage tenant)
    {
        var name = SenderName.Plain(tenant.SenderName ?? tenant.Name);
        if (tenant.SenderAddress is not { } address)
            return (
                new MailboxAddress(name, settings.FromEmail),
                settings.SupportEmail is { } support ? new MailboxAddress((string?)null, support) : null
            );
        var domain = address[(address.LastIndexOf('@') + 1)..];
        var isOwn =
            settings.Messages.Senders == TenantSenders.Any
            || (
                tenant.Domain is { } own
                && (
                    domain.Equals(own, StringComparison.OrdinalIgnoreCase)
                    || domain.EndsWith("." + own, StringComparison.OrdinalIgnoreCase)
                )
            );
        return isOwn
            ? (new MailboxAddress(name, address), null)
            : (new MailboxAddress(name, settings.FromEmail), new MailboxAddress(name, address));
    }

    private static MimeEntity BodyOf(Message message)
    {
        var text = message.Text is null ? null : new TextPart(TextFormat.Plain) { Text = message.Text };
        var html = message.Html is null ? null : new TextPart(TextFormat.Html) { Text = message.Html };
        return (text, html) switch
        {
            ({ } plain, { } rich) => new MultipartAlternative(plain, rich), // the last part is preferred (RFC 2046)
            ({ } plain, null) => plain,
            (null, { } rich) => rich,
            _ => throw new InvalidOperationException("The message has no text."),
        };
    }
}
