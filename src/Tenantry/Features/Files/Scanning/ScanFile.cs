using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Files.Scanning;

/// <summary>Has the scanner look at a file once more.</summary>
public static class ScanFile
{
    public static async Task<Results<Ok<FileDocument>, Missing, Conflicting>> Handle(
        Guid id,
        TenantDb db,
        AuditTrail audit,
        ServiceSettings settings,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await db.Set<StoredFile>().SingleOrDefaultAsync(file => file.Id == id, cancel) is not { } row)
            return ChangeFile.NoSuchFile();
        if (settings.Clamd is null)
            return Problems.Conflicting("This installation has no scanner: CLAMD_URL is not set.");
        if (row.Scan != Scan.Pending)
        {
            (row.Scan, row.Threat) = (Scan.Pending, null);
            audit.Add(db, id);
            await db.SaveChangesAsync(cancel);
        }
        else
        {
            // It is about to, unless the scanner was away for so long that it was given up.
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
