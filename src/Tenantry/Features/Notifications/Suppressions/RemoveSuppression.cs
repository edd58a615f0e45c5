using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>Removes a suppression: messages to the recipient are sent again.</summary>
public static class RemoveSuppression
{
    public static async Task<Results<NoContent, Missing>> Handle(
        [Description("The id of the suppression.")] Guid id,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await db.Set<Suppression>().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return Problems.Missing("No suppression of this tenant has this id.");
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
