using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Restores a deleted tenant with all its data, until the grace period ends.</summary>
public static class RestoreTenant
{
    public static async Task<Results<Ok<TenantDocument>, Missing, Conflicting, Stale>> Handle(
        [Description("The tenant's id.")] Guid id,
        TenantChange change,
        ServiceSettings settings,
        CancellationToken cancel
    ) =>
        await change.Apply(
            id,
            null,
            Permissions.PlatformTenantsDelete,
            tenant =>
            {
                if (tenant.DeletedAt is not { } since)
                    return Problems.Conflicting("The tenant is not deleted.");
                if (since + settings.TenantGrace <= change.DatabaseTime)
                    return Problems.Conflicting(
                        "The grace period is over, and the tenant is being erased. It cannot be restored."
                    );
                (tenant.IsActive, tenant.DeletedAt) = (true, null);
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Ok(tenant!),
        };
}
