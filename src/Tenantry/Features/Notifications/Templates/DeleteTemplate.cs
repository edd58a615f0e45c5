using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Templates;

/// <summary>Deletes a template with all its versions.</summary>
public static class DeleteTemplate
{
    public static async Task<Results<NoContent, Missing, Denied, Stale>> Handle(
        [Description("The id of the template.")] Guid id,
        TenantDb db,
        MessageCache cache,
        TemplateRevisions revisions,
        AuditTrail audit,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (await db.Set<Template>().SingleOrDefaultAsync(row => row.Id == id, cancel) is not { } row)
            return TemplateContent.NoSuchTemplate();
        if (revisions.MissingPermission(row.Name) is { } denied)
            return denied;
        if (!ETag.Matches(http, row.Version))
            return new Stale();
        db.Remove(row);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        cache.Invalidate(row.TenantId);
        return TypedResults.NoContent();
    }
}
