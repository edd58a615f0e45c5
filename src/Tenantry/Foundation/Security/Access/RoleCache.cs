using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Foundation.Security.Access;

/// <summary>The roles of the request's tenant, from the cache: to be shown. Whoever decides by them asks the rows, inside the change.</summary>
public sealed class RoleCache(VersionedCache cache, IDbContextFactory<TenantDb> contexts, TenantContext context)
{
    public ValueTask<RoleHierarchy> Get(CancellationToken cancel) =>
        cache.Get(
            VersionedCache.RolesOf(context.TenantId),
            "hierarchy",
            (contexts, context.TenantId),
            static (ask, cancel) => Ask(ask.contexts, ask.TenantId, cancel),
            cancel
        );

    /// <summary>The rows themselves, past the cache.</summary>
    public Task<RoleHierarchy> Ask(CancellationToken cancel) => Ask(contexts, context.TenantId, cancel);

    /// <summary>After a change was committed.</summary>
    public void Changed() => cache.Changed(VersionedCache.RolesOf(context.TenantId));

    // A context of its own: of many who wait for this, the one who asked may go away first.
    private static async Task<RoleHierarchy> Ask(
        IDbContextFactory<TenantDb> contexts,
        Guid tenant,
        CancellationToken cancel
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        return await RoleHierarchy.Of(db, cancel);
    }
}
