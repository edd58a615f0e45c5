using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Ends a resumable upload and removes its parts. A file that it has become stays.</summary>
public static class DeleteTusUpload
{
    public static async Task<IResult> Handle(
        Guid id,
        TusUploads uploads,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await uploads.Find(id, cancel) is not { } upload)
            return TusUploads.NotFound();
        db.Remove(upload);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
