using Npgsql;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic;

/// <summary>
/// Lets a request whose endpoint may be stale read from a replica, if it has the tenant's last change, and notes that change after any other request, before its answer leaves. A read that fails there is done
/// once more, on the primary.
/// </summary>
public sealed class ReplicaRouting(RequestDelegate next, ReadReplicas replicas, ReadYourWrites changes)
{
    public Task Invoke(HttpContext http, TenantContext context)
    {
        if (!replicas.AreThere || !context.IsSet)
            return next(http);
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.OnStarting(() => changes.Note(context.TenantId));
            return next(http);
        }
        return http.GetEndpoint()?.Metadata.GetMetadata<MayBeStale>() is null
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
        source.TurnTo(replica);
        try
        {
            await next(http);
        }
        catch (Exception e)
            when (IsOfReplica(e) && !http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            replicas.Failed(replica);
            source.TurnToPrimary();
            await next(http);
        }
    }

    /// <summary>
    /// That it went away, or ended a statement that stands in the way of what it replays. What else a server says is of the request, and the primary would say it too.
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
