using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications;

/// <summary>
/// Returns a message with its texts, unless the tenant hides them or they contain a one-time link or code.
/// </summary>
public static class GetNotification
{
    public static async Task<Results<Ok<NotificationDocument>, NotModified, Missing>> Handle(
        [Description("The id of the message.")] Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var found = await db.Set<Notification>()
            .AsNoTracking()
            .Where(message => message.Id == id)
            .Select(message => new
            {
                Message = message,
                Hidden = db.Set<NotificationSettings>().Any(settings => settings.RedactBodies),
            })
            .SingleOrDefaultAsync(cancel);
        if (found is null)
            return LockedNotification.NoSuchMessage();
        // The entity tag depends on the tenant's settings too, because they decide whether the texts are shown.
        if (ETag.IsNotModified(http, ETag.Of(found.Message.Version, found.Hidden ? "hidden" : "shown")))
            return new NotModified();
        return TypedResults.Ok(NotificationDocument.Of(found.Message, withBody: !found.Hidden));
    }
}
