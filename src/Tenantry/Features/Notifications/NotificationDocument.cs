using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>A message and its delivery, as the API shows it.</summary>
/// <param name="Id">The id of the message.</param>
/// <param name="Channel">The channel of the message.</param>
/// <param name="Recipient">The e-mail address, the telephone number in E.164, or the id of the device.</param>
/// <param name="Status">The state of the delivery.</param>
/// <param name="Subject">
/// The subject of an e-mail or the title of a push notification. Null where the message contains a one-time link or
/// code.
/// </param>
/// <param name="Body">
/// The body as plain text. Null in lists, where the tenant hides bodies, and where the message contains a one-time link
/// or code.
/// </param>
/// <param name="HtmlBody">The body as HTML. Null in the same cases as `body`.</param>
/// <param name="TemplateName">The template that the message was rendered from.</param>
/// <param name="Priority">The priority of the message among the messages of the tenant.</param>
/// <param name="Category">The purpose of the message: `transactional` or `marketing`.</param>
/// <param name="Segments">The number of SMS segments that are charged.</param>
/// <param name="Country">The country of the telephone number of an SMS (ISO 3166).</param>
/// <param name="UserId">The user to whom the recipient belongs. Null: the recipient belongs to no user.</param>
/// <param name="SentBy">The user who sent the message. Null: the service sent it by itself.</param>
/// <param name="Attempts">The number of delivery attempts.</param>
/// <param name="ErrorMessage">
/// The reason of the last failed attempt. For a message with a one-time link or code it contains the provider's code
/// only.
/// </param>
/// <param name="Transport">The transport that sent the message.</param>
/// <param name="ProviderId">The id that the provider gave the message.</param>
/// <param name="SendAt">The earliest time at which the message is sent.</param>
/// <param name="NextAttemptAt">The time of the next attempt, while the message is queued.</param>
/// <param name="SentAt">When the provider accepted the message.</param>
/// <param name="FeedbackAt">When the provider last reported a delivery, bounce or complaint.</param>
/// <param name="CreatedAt">When the message was created.</param>
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
    /// <summary>
    /// A message with a one-time link or code is shown without its texts, even if the row still contains them: an
    /// earlier version of the service may have stored them.
    /// </summary>
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
