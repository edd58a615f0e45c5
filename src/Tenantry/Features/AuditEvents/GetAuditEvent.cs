using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.AuditEvents;

/// <summary>Returns one audit event of the caller's tenant.</summary>
public static class GetAuditEvent
{
    public static async Task<Results<Ok<AuditEventDocument>, Denied, Missing>> Handle(
        [Description("The event's id.")] Guid id,
        AuditLog log,
        CancellationToken cancel
    )
    {
        if (await log.Open(null, "audit.read", cancel) is Denied denied)
            return denied;
        return await log.Find(id).SingleOrDefaultAsync(cancel) is { } entry
            ? TypedResults.Ok(entry.ToDocument())
            : Problems.Missing("There is no such event.");
    }
}
