using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>Lists the caller's own devices, newest first.</summary>
public static class ListDevices
{
    public static async Task<Ok<Page<DeviceDocument>>> Handle(
        PageRequest page,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var rows = await db.Set<Device>()
            .AsNoTracking()
            .Where(device => device.UserId == context.SignedIn.UserId && (page.After == null || device.Id < page.After))
            .OrderByDescending(device => device.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. rows.Select(DeviceDocument.Of)], row => row.Id, http));
    }
}
