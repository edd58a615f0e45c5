using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications;

/// <summary>A message whose row is locked until the transaction ends: no worker claims it meanwhile.</summary>
internal static class LockedNotification
{
    public static Task<Notification?> Read(TenantDb db, Guid id, CancellationToken cancel) =>
        db.Set<Notification>()
            .FromSql($"SELECT *, xmin FROM notification_logs WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancel);

    public static Missing NoSuchMessage() => Problems.Missing("No message of this tenant has this id.");
}
