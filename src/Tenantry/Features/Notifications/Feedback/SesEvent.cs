using System.Text.Json;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// What SES reports about an e-mail, as an event of a configuration set or as the feedback notification of an identity.
/// </summary>
/// <param name="Tenant">The tenant that sent the e-mail.</param>
/// <param name="Notification">The row of the e-mail.</param>
/// <param name="Status">The state that the event reports.</param>
/// <param name="Suppresses">The reason to suppress the recipient; null: the recipient is not suppressed.</param>
/// <param name="Detail">The reason that the receiving mail server or SES reported.</param>
/// <param name="Recipients">The recipients that the event is about.</param>
internal sealed record SesEvent(
    Guid Tenant,
    Guid Notification,
    NotificationStatus Status,
    SuppressionReason? Suppresses,
    string? Detail,
    IReadOnlyList<string> Recipients
)
{
    /// <returns>Null: the text is no event, or one of a kind or an e-mail that the service does not know.</returns>
    public static SesEvent? Parse(string? json)
    {
        try
        {
            using var document = JsonDocument.Parse(json ?? "");
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SesEvent? Of(JsonElement root)
    {
        var kind = Text(root, "eventType") ?? Text(root, "notificationType");
        if (!root.TryGetProperty("mail", out var mail) || RowOf(mail) is not var (tenant, notification))
            return null;
        switch (kind)
        {
            case "Delivery":
                return new(
                    tenant,
                    notification,
                    NotificationStatus.Delivered,
                    null,
                    null,
                    Strings(mail, "destination")
                );
            case "Bounce" when root.TryGetProperty("bounce", out var bounce):
                // Only a permanent bounce suppresses: the address may accept e-mail again after any other one.
                var isPermanent = Text(bounce, "bounceType") == "Permanent";
                var diagnostic =
                    bounce.TryGetProperty("bouncedRecipients", out var bounced) && bounced.GetArrayLength() > 0
                        ? Text(bounced[0], "diagnosticCode")
                        : null;
                return new(
                    tenant,
                    notification,
                    NotificationStatus.Bounced,
                    isPermanent ? SuppressionReason.Bounce : null,
                    ProviderText.Storable(
                        $"{Text(bounce, "bounceType")}/{Text(bounce, "bounceSubType")}: {diagnostic}"
                    ),
                    Addresses(bounce, "bouncedRecipients")
                );
            case "Complaint" when root.TryGetProperty("complaint", out var complaint):
                return new(
                    tenant,
                    notification,
                    NotificationStatus.Complained,
                    SuppressionReason.Complaint,
                    Text(complaint, "complaintFeedbackType") is { } type ? ProviderText.Storable(type) : null,
                    Addresses(complaint, "complainedRecipients")
                );
            case "Reject" when root.TryGetProperty("reject", out var reject):
                return new(
                    tenant,
                    notification,
                    NotificationStatus.Failed,
                    null,
                    ProviderText.Storable("SES rejected it: " + Text(reject, "reason")),
                    Strings(mail, "destination")
                );
            default:
                return null;
        }
    }

    /// <summary>Finds the row of an e-mail by the tags that it was sent with, or by its Message-ID.</summary>
    private static (Guid Tenant, Guid Notification)? RowOf(JsonElement mail)
    {
        if (
            mail.TryGetProperty("tags", out var tags)
            && Guid.TryParse(First(tags, FeedbackTags.Tenant), out var tenant)
            && Guid.TryParse(First(tags, FeedbackTags.Notification), out var notification)
        )
            return (tenant, notification);
        var id = mail.TryGetProperty("commonHeaders", out var headers) ? Text(headers, "messageId") : null;
        var parts = id?.Trim('<', '>').Split('@')[0].Split('.');
        return
            parts is [var row, var owner]
            && Guid.TryParseExact(row, "N", out notification)
            && Guid.TryParseExact(owner, "N", out tenant)
            ? (tenant, notification)
            : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? First(JsonElement element, string name) =>
        Strings(element, name) is [var first, ..] ? first : null;

    private static List<string> Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => value.GetString() ?? "")]
            : [];

    private static List<string> Addresses(JsonElement element, string name) =>
        element.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => Text(value, "emailAddress") ?? "")]
            : [];
}
