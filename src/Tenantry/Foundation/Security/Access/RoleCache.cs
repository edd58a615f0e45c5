using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// The roles of the request's tenant, from the cache, for display. A decision about a change reads the rows instead, in
/// the transaction of the change.
/// </summary>
public sealed class RoleCache(VersionedCache cache, IDbContextFactory<TenantDb> contexts, TenantContext context)
{
    public ValueTask<RoleHierarchy> Get(CancellationToken cancel) =>
        cache.Get(
            VersionedCache.RolesScope(context.TenantId),
            "hierarchy",
            (contexts, context.TenantId),
            static (query, cancel) => Ask(query.contexts, query.TenantId, cancel),
            cancel
        );

    /// <summary>Reads the rows, without the cache.</summary>
    public Task<RoleHierarchy> Ask(CancellationToken cancel) => Ask(contexts, context.TenantId, cancel);

    /// <summary>Must be called after a change of roles was committed.</summary>
    public void Invalidate() => cache.Invalidate(VersionedCache.RolesScope(context.TenantId));

    // A context of its own: many requests wait for this result, and the one that started the query may be aborted
    // first.
    private static async Task<RoleHierarchy> Ask(
        IDbContextFactory<TenantDb> contexts,
        Guid tenant,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        return await RoleHierarchy.Load(db, cancel);
    }
}
