using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Switches a tenant off at once. It is erased after the grace period.</summary>
public static class DeleteTenant
{
    public static async Task<Results<Accepted<TenantDocument>, Missing, Conflicting, Stale>> Handle(
        [Description("The tenant's id.")] Guid id,
        TenantChange change,
        CancellationToken cancel
    ) =>
        await change.Apply(
            id,
            null,
            Permissions.PlatformTenantsDelete,
            tenant =>
            {
                if (tenant.Slug == Tenant.PlatformSlug)
                    return Problems.Conflicting("The tenant 'platform' cannot be deleted.");
                (tenant.IsActive, tenant.DeletedAt) = (false, tenant.DeletedAt ?? change.DatabaseTime);
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Accepted((string?)null, tenant),
        };
}
