using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Cache;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Foundation.Access;

/// <summary>The roles of the request's tenant, from the cache: to be shown. Whoever decides by them asks the rows, inside the change.</summary>
public sealed class KnownRoles(VersionedCache cache, IDbContextFactory<TenantDb> contexts, TenantContext context)
{
    public async ValueTask<RoleHierarchy> Get(CancellationToken cancel) => RoleHierarchy.Of(
        await cache.Get(VersionedCache.RolesOf(context.TenantId), "all", (contexts, context.TenantId), static async (ask, cancel) =>
        {
            // A context of its own: of many who wait for this, the one who asked may go away first.
            await using var db = (await ask.contexts.CreateDbContextAsync(cancel)).For(ask.TenantId);
            return await RoleHierarchy.Rows(db, cancel);
        }, cancel));

    /// <summary>After a change was committed.</summary>
    public void Changed() => cache.Changed(VersionedCache.RolesOf(context.TenantId));
}
