using System.Text.Json;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>A message to send: its recipient, and either its texts or a template with values.</summary>
/// <param name="Recipient">
/// The e-mail address, the telephone number, or for push notifications the id of a user or device.
/// </param>
/// <param name="TemplateName">The template to render, instead of `subject` and bodies.</param>
/// <param name="TemplateVars">The values of the template's variables.</param>
/// <param name="Subject">The subject of an e-mail or the title of a push notification.</param>
/// <param name="Body">The body as plain text.</param>
/// <param name="HtmlBody">The HTML body of an e-mail, beside the plain text or instead of it.</param>
/// <param name="Priority">
/// The priority among the messages of the tenant: `high` is sent before `normal`, and `normal` before `bulk`.
/// </param>
/// <param name="Category">
/// The purpose of the message. E-mails of the category `marketing` have an unsubscribe link, and are not sent to
/// recipients who unsubscribed.
/// </param>
/// <param name="Locale">
/// The language of the template. The default is the first that exists of: `Accept-Language`, the language of the
/// recipient, the language of the tenant.
/// </param>
/// <param name="SendAt">The earliest time to send the message, at most one year from now. The default is now.</param>
public sealed record SendMessageRequest(
    [RequiredMember, ShortText(320)] string? Recipient,
    [ShortText(100)] string? TemplateName,
    [JsonShape] JsonElement? TemplateVars,
    [ShortText(255)] string? Subject,
    string? Body,
    string? HtmlBody,
    Priority? Priority,
    Category? Category,
    [LanguageTag] string? Locale,
    DateTimeOffset? SendAt
) : IExample<SendMessageRequest>
{
    public static SendMessageRequest Example =>
        new(
            "ada@example.com",
            "order_sent",
            JsonElement.Parse("""{"order":"4711","arrives":"2026-02-02"}"""),
            null,
            null,
            null,
            Foundation.Messaging.Priority.Normal,
            Foundation.Messaging.Category.Transactional,
            "de-CH",
            null
        );
}

/// <summary>The messages that were queued.</summary>
/// <param name="Id">The id of the message. Where it is sent to several devices, the id of the first one.</param>
/// <param name="Status">Always `queued`.</param>
/// <param name="Ids">The ids of all messages that were queued.</param>
/// <param name="Segments">The number of SMS segments that are charged.</param>
public sealed record SendMessageResponse(Guid Id, NotificationStatus Status, IReadOnlyList<Guid> Ids, int? Segments)
    : IExample<SendMessageResponse>
{
    public static SendMessageResponse Example =>
        new(NotificationDocument.Example.Id, NotificationStatus.Queued, [NotificationDocument.Example.Id], null);
}
