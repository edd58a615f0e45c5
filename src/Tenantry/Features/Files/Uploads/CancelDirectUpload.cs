using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files.Uploads;

/// <summary>Cancels a direct upload. A trigger of the row queues the removal of its parts.</summary>
public static class CancelDirectUpload
{
    public static async Task<Results<NoContent, Missing>> Handle(
        [Description("The id of the upload.")] Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await DirectUpload.Find(db, context, id, cancel) is not { } upload)
            return DirectUpload.NotFound();
        db.Remove(upload);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
