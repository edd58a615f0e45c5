using Npgsql;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic;

/// <summary>
/// Routes a request whose endpoint allows stale data to a replica that has the tenant's last change. After each request
/// that may change data, it records that change before the response is sent. A read that fails on a replica is repeated
/// on
/// the primary.
/// </summary>
public sealed class ReplicaRouting(RequestDelegate next, ReadReplicas replicas, ReadYourWrites changes)
{
    public Task Invoke(HttpContext http, TenantContext context)
    {
        if (!replicas.AreConfigured || !context.IsSet)
            return next(http);
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.OnStarting(() => changes.RecordChange(context.TenantId));
            return next(http);
        }
        return http.GetEndpoint()?.Metadata.GetMetadata<AllowsStaleReads>() is null
            ? next(http)
            : Read(http, context.TenantId);
    }

    private async Task Read(HttpContext http, Guid tenant)
    {
        if (await replicas.Choose(tenant) is not { } replica)
        {
            await next(http);
            return;
        }
        var source = http.RequestServices.GetRequiredService<ReadSource>();
        source.UseReplica(replica);
        try
        {
            await next(http);
        }
        catch (Exception e)
            when (IsOfReplica(e) && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            replicas.ReportFailure(replica);
            source.UsePrimary();
            await next(http);
        }
    }

    /// <summary>
    /// Whether the replica caused the failure: it became unavailable, or cancelled a statement that conflicted with its
    /// recovery. Other errors are caused by the request, and the primary would return them too.
    /// </summary>
    private static bool IsOfReplica(Exception exception) =>
        exception.Chain().OfType<NpgsqlException>().FirstOrDefault() is { } failure
        && (
            failure is not PostgresException { SqlState: var state }
            || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            || state.StartsWith("08", StringComparison.Ordinal)
            || state.StartsWith("57P", StringComparison.Ordinal)
        );
}
