using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// Somebody tried what they may not (403), or what the state of things does not allow (409): that is written before the answer leaves. The change itself was undone, so the row
/// has a transaction of its own. What is merely malformed, or not there, leaves none.
/// </summary>
public sealed partial class RefusalAuditing(
    RequestDelegate next,
    IDbContextFactory<TenantDb> contexts,
    AuditCount count,
    ILogger<RefusalAuditing> log
)
{
    public Task Invoke(HttpContext http, TenantContext context) =>
        http.GetEndpoint()?.Metadata.GetMetadata<AuditedAs>() is null
            ? next(http)
            : Watched(http, http.RequestServices.GetRequiredService<AuditTrail>(), context);

    private async Task Watched(HttpContext http, AuditTrail audit, TenantContext context)
    {
        // An exception undoes whatever was about to be written, a refusal too.
        var isUndone = false;
        http.Response.OnStarting(() =>
            http.Response.StatusCode is 403 or 409
            && http.Features.Get<ProblemKind>() is { } kind
            && context.IsSet
            && (isUndone || !audit.HasRefusal)
                ? Write(http, kind, audit, context)
                : Task.CompletedTask
        );
        try
        {
            await next(http);
        }
        catch
        {
            isUndone = true;
            throw;
        }
        audit.Count();
    }

    private async Task Write(HttpContext http, ProblemKind kind, AuditTrail audit, TenantContext context)
    {
        try
        {
            var target = Guid.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) ? id : (Guid?)null;
            // Whoever hangs up before the answer was there all the same.
            await using var db = (await contexts.CreateDbContextAsync(CancellationToken.None)).For(context.TenantId);
            var refusal = db.Add(audit.Event(context.TenantId, target, kind.Code)).Entity;
            await db.SaveChangesAsync(CancellationToken.None);
            count.Add(refusal);
        }
        catch (Exception e)
        {
            NotWritten(log, kind.Code, e.Message); // the refusal stands
        }
    }

    [LoggerMessage(
        EventId = 1501,
        Level = LogLevel.Error,
        Message = "The audit log did not get a refusal ({Code}): {Reason}"
    )]
    private static partial void NotWritten(ILogger log, string code, string reason);
}
