using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Deletes a file and its share links. A trigger of the row queues the removal of its object.</summary>
public static class DeleteFile
{
    public static async Task<Results<NoContent, Denied, Missing, Stale>> Handle(
        [Description("The id of the file.")] Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        HttpContext http,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row)
            return FileAccessRule.NotFound();
        if (!FileAccessRule.MayChange(context, row))
            return FileAccessRule.NotOwner();
        if (!ETag.Matches(http, row.Version))
            return new Stale();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await StorageQuota.SubtractFile(db, row.FileSize, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }
}
