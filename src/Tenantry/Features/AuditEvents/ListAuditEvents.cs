using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>Lists audit events, newest first.</summary>
public static class ListAuditEvents
{
    public static async Task<Results<Ok<Page<AuditEventDocument>>, Invalid, Denied, Missing>> Handle(
        PageRequest page,
        [AsParameters] AuditEventFilter filter,
        AuditLog log,
        HttpContext http,
        CancellationToken cancel
    )
    {
        switch (await log.Open(filter.TenantId, "audit.read", cancel))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
        }
        var entries = await log.Find(filter, page.After).Take(page.Limit + 1).ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. entries.Select(entry => entry.ToDocument())], row => row.Id, http));
    }
}
