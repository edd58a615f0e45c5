using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>Lists the signed chain heads of an audit log, newest first.</summary>
public static class ListAuditHeads
{
    public static async Task<Results<Ok<Page<AuditHeadDocument>>, Invalid, Denied, Missing>> Handle(
        PageRequest page,
        [FromQuery(Name = "tenant_id")]
        [Description(
            "The tenant whose log is read. Another tenant than your own needs `platform:audit:read`, and its log records the access."
        )]
            Guid? tenantId,
        AuditLog log,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        switch (await log.Open(tenantId, "audit.read", cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        var rows = await db.Set<AuditHead>()
            .AsNoTracking()
            .Where(head => page.After == null || head.Id < page.After)
            .OrderByDescending(head => head.Id)
            .Take(page.Limit + 1)
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. rows.Select(AuditHeadDocument.Of)], head => head.Id, http));
    }
}
