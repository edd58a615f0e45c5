using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>A suppression, as the API shows it.</summary>
/// <param name="Id">The id of the suppression.</param>
/// <param name="Channel">The channel that is suppressed.</param>
/// <param name="Recipient">The e-mail address or telephone number, in lower case.</param>
/// <param name="Reason">
/// Why messages are suppressed: `bounce`, `complaint`, `unsubscribe` or `manual`. `bounce` and `complaint` apply to all
/// messages, `manual` to messages that the tenant sends, and `unsubscribe` to the category `marketing`.
/// </param>
/// <param name="Detail">The reason that the receiving mail server or provider reported.</param>
/// <param name="NotificationId">The message that caused the suppression.</param>
/// <param name="CreatedAt">When the suppression was added.</param>
public sealed record SuppressionDocument(
    Guid Id,
    Channel Channel,
    string Recipient,
    SuppressionReason Reason,
    string? Detail,
    Guid? NotificationId,
    DateTimeOffset CreatedAt
) : IExample<SuppressionDocument>
{
    public static SuppressionDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70820"),
            Channel.Email,
            "gone@example.com",
            SuppressionReason.Bounce,
            "smtp; 550 5.1.1 user unknown",
            NotificationDocument.Example.Id,
            NotificationDocument.Example.CreatedAt
        );

    internal static SuppressionDocument Of(Suppression row) =>
        new(row.Id, row.Type, row.Recipient, row.Reason, row.Detail, row.NotificationId, row.CreatedAt);
}
