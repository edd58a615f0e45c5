namespace Tenantry.Foundation.Data.Database;

// Each entity states the owner of its rows by one of these three markers. The model cannot be built without one, and
// isolation (key, foreign keys, row-level security, grants) follows from it.

/// <summary>
/// The rows belong to tenants. The table gets the key (<c>tenant_id</c>, <c>id</c>), forced row-level security, and a
/// policy on the tenant in context.
/// </summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}

/// <summary>The table of tenants: each row belongs to the tenant that it describes.</summary>
public interface ITenantItself
{
    Guid Id { get; }
}

/// <summary>The rows belong to no tenant, and every tenant may read them.</summary>
public interface IPlatformOwned
{
    /// <summary>Why these rows need no tenant, for a reviewer.</summary>
    static abstract string WhyNoTenant { get; }
}
