using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>A message and what became of it, as the API shows it.</summary>
/// <param name="Id">Of the message.</param>
/// <param name="Channel">By which it goes.</param>
/// <param name="Recipient">An address, a number in E.164, or the id of a device.</param>
/// <param name="Status">What has become of it.</param>
/// <param name="Subject">Of a mail or a push message; null where it carries a one-time link or code.</param>
/// <param name="Body">As text; only where one message is read, and not where the tenant hides it or it carries a one-time link or code.</param>
/// <param name="HtmlBody">As HTML; the same.</param>
/// <param name="TemplateName">From which it was made.</param>
/// <param name="Priority">Among the messages of the tenant.</param>
/// <param name="Category">What it is for.</param>
/// <param name="Segments">Of an SMS: as many are paid for.</param>
/// <param name="Country">Of an SMS.</param>
/// <param name="UserId">The user whom it concerns, where there is one.</param>
/// <param name="SentBy">The user who had it sent; null: the service itself.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="ErrorMessage">What the provider said against it, last; of a message with a one-time link or code its code alone.</param>
/// <param name="Transport">By what it went.</param>
/// <param name="ProviderId">What the provider calls it.</param>
/// <param name="SendAt">Not before.</param>
/// <param name="NextAttemptAt">While it waits.</param>
/// <param name="SentAt">When the provider had it.</param>
/// <param name="FeedbackAt">When the receiving side said that it has it, or will not.</param>
/// <param name="CreatedAt">When it was asked for.</param>
public sealed record NotificationDocument(
    Guid Id,
    Channel Channel,
    string Recipient,
    NotificationStatus Status,
    string? Subject,
    string? Body,
    string? HtmlBody,
    string? TemplateName,
    Priority Priority,
    Category Category,
    int? Segments,
    string? Country,
    Guid? UserId,
    Guid? SentBy,
    int Attempts,
    string? ErrorMessage,
    string? Transport,
    string? ProviderId,
    DateTimeOffset? SendAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? FeedbackAt,
    DateTimeOffset CreatedAt
) : IExample<NotificationDocument>
{
    /// <summary>Of a secret message it has no text, whatever the row still holds: a version before may have written it.</summary>
    public static NotificationDocument Of(Notification message, bool withBody)
    {
        var isShown = withBody && !message.IsSecret;
        return new(
            message.Id,
            message.Type,
            message.Recipient,
            message.Status,
            message.IsSecret ? null : message.Subject,
            isShown ? message.Body : null,
            isShown ? message.HtmlBody : null,
            message.TemplateName,
            message.Priority,
            message.Category,
            message.Segments,
            message.Country,
            message.UserId,
            message.SentBy,
            message.Attempts,
            message is { IsSecret: true, ErrorMessage: { } error } ? SecretReason.Of(error) : message.ErrorMessage,
            message.Transport,
            message.ProviderId,
            message.SendAt,
            message.Status == NotificationStatus.Queued ? message.DueAt : null,
            message.SentAt,
            message.FeedbackAt,
            message.CreatedAt
        );
    }

    public static NotificationDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70819"),
            Channel.Email,
            "ada@example.com",
            NotificationStatus.Delivered,
            "Your order 4711",
            "It is on its way.",
            null,
            "order_sent",
            Priority.Normal,
            Category.Transactional,
            null,
            null,
            null,
            Guid.Parse("019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"),
            1,
            null,
            "smtp",
            "019a8f3e8d007c11a2b3c4d5e6f70819@example.com",
            null,
            null,
            new DateTimeOffset(2026, 1, 31, 8, 0, 1, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 31, 8, 0, 4, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero)
        );
}
