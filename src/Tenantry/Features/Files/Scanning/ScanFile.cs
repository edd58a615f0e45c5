using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Files.Scanning;

/// <summary>Queues a file for another virus scan. Until that is complete, the file cannot be downloaded.</summary>
public static class ScanFile
{
    public static async Task<Results<Ok<FileDocument>, Missing, Conflicting>> Handle(
        [Description("The id of the file.")] Guid id,
        TenantDb db,
        AuditTrail audit,
        ServiceSettings settings,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row)
            return FileAccessRule.NotFound();
        if (settings.Clamd is null)
            return Problems.Conflicting("This installation has no virus scanner. The operator must set CLAMD_URL.");
        if (row.Scan != Scan.Pending)
        {
            (row.Scan, row.Threat) = (Scan.Pending, null);
            audit.Add(db, id);
            await db.SaveChangesAsync(cancel);
        }
        else
        {
            // The file is queued already, unless its entry failed permanently while the scanner was unavailable.
            await db.Database.ExecuteSqlAsync(
                $"UPDATE object_scans SET attempts = 0, due_at = now(), failed_at = NULL WHERE object_key = {row.FileKey} AND failed_at IS NOT NULL",
                cancel
            );
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO object_scans (id, object_key, attempts, due_at) SELECT gen_random_uuid(), {row.FileKey}, 0, now() WHERE NOT EXISTS (SELECT FROM object_scans WHERE object_key = {row.FileKey})
                """,
                cancel
            );
        }
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(FileDocument.Of(row));
    }
}
