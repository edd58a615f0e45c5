using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// Writes an audit event for a refused request, before its response is sent: a missing permission (403) or a conflict
/// (409). The change was rolled back, so the event has a transaction of its own. An invalid request, or one for a
/// missing record, leaves no event.
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
        // An exception rolls back all events of the request, also a refusal.
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
            // Not cancelled with the request: a client that disconnects early was refused all the same.
            await using var db = (await contexts.CreateDbContextAsync(CancellationToken.None)).For(context.TenantId);
            var refusal = db.Add(audit.Event(context.TenantId, target, kind.Code)).Entity;
            await db.SaveChangesAsync(CancellationToken.None);
            count.Add(refusal);
        }
        catch (Exception e)
        {
            NotWritten(log, kind.Code, e.Message); // the request is refused all the same
        }
    }

    [LoggerMessage(
        EventId = 1501,
        Level = LogLevel.Error,
        Message = "The audit event of a refusal ({Code}) could not be written: {Reason}"
    )]
    private static partial void NotWritten(ILogger log, string code, string reason);
}
