using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Links;

/// <summary>
/// Revokes a share link. A signed address to which it redirected a moment ago stays valid for the rest of its seconds.
/// </summary>
public static class RevokeFileLink
{
    public static async Task<Results<NoContent, Denied, Missing>> Handle(
        [Description("The id of the link.")] Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        // The file may be deleted between the two queries, and its links with it.
        if (
            await db.Set<FileLink>().SingleOrDefaultAsync(link => link.Id == id, cancel) is not { } row
            || await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(file => file.Id == row.FileId, cancel)
                is not { } file
        )
            return Problems.Missing("The share link does not exist.");
        if (!FileAccessRule.MayChange(context, file))
            return FileAccessRule.NotOwner();
        db.Remove(row);
        audit.Add(db, row.FileId);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
