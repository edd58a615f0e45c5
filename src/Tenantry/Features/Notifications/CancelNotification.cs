using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications;

/// <summary>Cancels a message that is still queued.</summary>
public static class CancelNotification
{
    public static async Task<Results<Ok<NotificationDocument>, Missing, Conflicting>> Handle(
        [Description("The id of the message.")] Guid id,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await LockedNotification.Read(db, id, cancel) is not { } message)
            return LockedNotification.NoSuchMessage();
        if (message.SentBy is null)
            return Problems.Conflicting("The service sends this message by itself. It cannot be cancelled.");
        if (message.Status != NotificationStatus.Queued)
            return Problems.Conflicting(
                $"The message is {EnumText.ToText(message.Status)}. Only a queued message can be cancelled."
            );
        (message.Status, message.IsReady) = (NotificationStatus.Cancelled, false);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(NotificationDocument.Of(message, withBody: false));
    }
}
