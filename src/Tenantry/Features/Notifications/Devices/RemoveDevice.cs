using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>Removes one of the caller's own devices: it gets no more push notifications.</summary>
public static class RemoveDevice
{
    public static async Task<Results<NoContent, Missing>> Handle(
        [Description("The id of the device.")] Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (
            await db.Set<Device>()
                .SingleOrDefaultAsync(device => device.Id == id && device.UserId == context.SignedIn.UserId, cancel)
            is not { } row
        )
            return Problems.Missing("None of your devices has this id.");
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
