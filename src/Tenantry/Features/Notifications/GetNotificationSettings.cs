using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications;

/// <summary>Returns a tenant's settings for its messages. A tenant that has changed none has the defaults.</summary>
public static class GetNotificationSettings
{
    public static async Task<Results<Ok<NotificationSettingsDocument>, NotModified>> Handle(
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var row =
            await db.Set<NotificationSettings>().AsNoTracking().SingleOrDefaultAsync(cancel)
            ?? new NotificationSettings();
        return ETag.IsNotModified(http, row.Version)
            ? new NotModified()
            : TypedResults.Ok(NotificationSettingsDocument.Of(row));
    }
}
