using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Changes of a tenant, by its own users or by the platform. Each change is one transaction. It adds an audit event to
/// the tenant and, if a platform administrator made the change, to the platform too. It takes effect on every instance
/// at once.
/// </summary>
public sealed class TenantChange(
    TenantContext context,
    TenantDb db,
    TenantDirectory directory,
    AuditTrail audit,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    internal DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>
    /// The time of the transaction, for changes by the platform alone. The database accepts no other time of deletion,
    /// because the tenant's audit log can be deleted from then on.
    /// </summary>
    internal DateTimeOffset DatabaseTime { get; private set; }

    /// <param name="id">the tenant</param>
    /// <param name="own">
    /// the permission that a user of the tenant needs; null: only the platform can make the change
    /// </param>
    /// <param name="platform">the permission that a platform administrator needs</param>
    /// <param name="alter">changes the row; a refusal that it returns undoes the change</param>
    /// <param name="cancel">undoes the change</param>
    internal async Task<(TenantDocument? Tenant, Refusal? Refusal)> Apply(
        Guid id,
        string? own,
        string platform,
        Func<Tenant, Refusal?> alter,
        CancellationToken cancel
    )
    {
        if (!May(id, own, platform))
            return (null, NoSuchTenant());
        ActAs(id);
        await using var transaction = await db.Begin(cancel);
        // Race: a request that waits here while its tenant is switched off must not change the tenant afterwards.
        await db.Lock($"SELECT FROM tenants WHERE id = {id} FOR UPDATE", cancel);
        if (await db.Set<Tenant>().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel) is not { } tenant)
            return (null, NoSuchTenant());
        if (!ETag.Matches(accessor.HttpContext!, tenant.Version))
            return (null, new Stale());
        if (own is null)
            DatabaseTime = await db
                .Database.SqlQuery<DateTimeOffset>($"""SELECT now() AS "Value" """)
                .SingleAsync(cancel);
        if (alter(tenant) is { } refusal)
            return (null, refusal);

        tenant.UpdatedAt = Now;
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        if (id != context.TenantId)
        {
            await db.ActAs(context.TenantId, cancel);
            audit.Add(db, id);
            await db.SaveChangesAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        Publish(tenant);
        return (TenantDocument.Of(tenant), null);
    }

    /// <summary>After the commit: drops the cached tenant and sets the entity tag of the response.</summary>
    internal void Publish(Tenant tenant)
    {
        directory.Invalidate(tenant.Id);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(tenant.Version);
    }

    internal async Task<Tenant?> Find(Guid id, string own, string platform, CancellationToken cancel)
    {
        if (!May(id, own, platform))
            return null;
        ActAs(id);
        return await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel);
    }

    internal static Missing NoSuchTenant() => Problems.Missing("There is no such tenant.");

    /// <summary>Cross-tenant access: a platform administrator acts as the tenant that the request names.</summary>
    private void ActAs(Guid id)
    {
        if (id != context.TenantId)
            db.For(id);
    }

    /// <summary>A caller without the permission gets 404, and does not learn whether another tenant exists.</summary>
    private bool May(Guid id, string? own, string platform) =>
        context.SignedIn.Has(platform) || (id == context.TenantId && own is not null && context.SignedIn.Has(own));
}
