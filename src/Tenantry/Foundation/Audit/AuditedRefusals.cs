using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Audit;

/// <summary>
/// Somebody tried what they may not (403), or what the state of things does not allow (409): that is written before the answer leaves. The change itself was undone, so the row
/// has a transaction of its own. What is merely malformed, or not there, leaves none.
/// </summary>
public sealed partial class AuditedRefusals(RequestDelegate next, AuditCount count, ILogger<AuditedRefusals> log)
{
    public async Task Invoke(HttpContext http, AuditTrail audit, TenantContext context, IDbContextFactory<TenantDb> contexts)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<AuditedAs>()?.Action is not { } action)
        {
            await next(http);
            return;
        }
        // Now, since what turns an exception into an answer begins with forgetting endpoint and route.
        var asked = new Asked(http, audit, context, contexts, action, Guid.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) ? id : null);
        http.Response.OnStarting(() => Write(asked));
        try
        {
            await next(http);
        }
        catch
        {
            asked.IsUndone = true;
            throw;
        }
        audit.Count();
    }

    private async Task Write(Asked asked)
    {
        if (asked.Http.Response.StatusCode is not (403 or 409) || asked.Http.Features.Get<ProblemKind>() is not { } kind || !asked.Context.IsSet || (asked.Audit.HasRefusal && !asked.IsUndone))
            return;
        try
        {
            // Whoever hangs up before the answer was there all the same.
            await using var db = (await asked.Contexts.CreateDbContextAsync(CancellationToken.None)).For(asked.Context.TenantId);
            var refusal = db.Add(asked.Audit.Event(asked.Context.TenantId, asked.Target, kind.Code, action: asked.Action)).Entity;
            await db.SaveChangesAsync(CancellationToken.None);
            count.Add(refusal);
        }
        catch (Exception e)
        {
            NotWritten(log, kind.Code, e.Message); // the refusal stands
        }
    }

    private sealed record Asked(HttpContext Http, AuditTrail Audit, TenantContext Context, IDbContextFactory<TenantDb> Contexts, string Action, Guid? Target)
    {
        /// <summary>An exception has ended it: whatever was about to be written is not.</summary>
        public bool IsUndone { get; set; }
    }

    [LoggerMessage(EventId = 1501, Level = LogLevel.Error, Message = "The audit log did not get a refusal ({Code}): {Reason}")]
    private static partial void NotWritten(ILogger log, string code, string reason);
}
