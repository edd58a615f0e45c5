namespace Tenantry.Foundation.Data.Database;

// Every table says whose its rows are, by one of these three markers on its entity. The model refuses to build without,
// and all of isolation (key, foreign keys, row-level security, grants) follows from it.

/// <summary>
/// The rows belong to tenants. The table gets the key (<c>tenant_id</c>, <c>id</c>), row-level security enabled and forced,
/// and a policy on the tenant in context.
/// </summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}

/// <summary>The table of tenants: each row belongs to the tenant that it is.</summary>
public interface ITenantItself
{
    Guid Id { get; }
}

/// <summary>The rows belong to no tenant, and a tenant may see them all.</summary>
public interface IPlatformOwned
{
    /// <summary>Why these rows need no tenant. A reviewer reads it.</summary>
    static abstract string WhyNoTenant { get; }
}
