using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>
/// Queues a message again that was not delivered, with as many attempts and as much time as a new message.
/// </summary>
public static class RetryNotification
{
    public static async Task<Results<Accepted<NotificationDocument>, Missing, Conflicting, QuotaUsedUp>> Handle(
        [Description("The id of the message.")] Guid id,
        TenantContext context,
        TenantDb db,
        MessageCache cache,
        ServiceSettings settings,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await LockedNotification.Read(db, id, cancel) is not { } message)
            return LockedNotification.NoSuchMessage();
        if (
            message.Status
            is not (
                NotificationStatus.Failed
                or NotificationStatus.Bounced
                or NotificationStatus.Suppressed
                or NotificationStatus.Cancelled
            )
        )
            return Problems.Conflicting(
                $"The message is {EnumText.ToText(message.Status)}. Only a message that failed, bounced, was suppressed or was cancelled can be retried."
            );
        if (message.IsSecret || (message.Body is null && message.HtmlBody is null))
            return Problems.Conflicting("The text of the message is no longer stored. Send a new message.");
        var now = clock.GetUtcNow();
        // The provider charges for each SMS that it sends, so the retry counts too.
        if (
            message is { Type: Channel.Sms, SentBy: not null }
            && await MessageQuota.ChargeSms(
                db,
                settings,
                await cache.Settings(db, cancel),
                context.Tenant,
                new SmsCharge(message.Recipient, message.Country ?? "", message.Segments ?? 1, now),
                now,
                cancel
            )
                is QuotaUsedUp quotaUsedUp
        )
            return quotaUsedUp;
        (
            message.Status,
            message.IsReady,
            message.DueAt,
            message.SendAt,
            message.Attempts,
            message.WorkerId,
            message.ErrorMessage
        ) = (NotificationStatus.Queued, true, now, now, 0, null, null);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, NotificationDocument.Of(message, withBody: false));
    }
}
