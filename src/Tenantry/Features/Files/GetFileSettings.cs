using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Returns the file settings of the tenant.</summary>
public static class GetFileSettings
{
    public static async Task<Results<Ok<FileSettingsDocument>, NotModified>> Handle(
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var row = await db.Set<FileSettings>().AsNoTracking().SingleOrDefaultAsync(cancel) ?? new FileSettings();
        return ETag.IsNotModified(http, row.Version)
            ? new NotModified()
            : TypedResults.Ok(new FileSettingsDocument(row.RefusedTypes));
    }
}
