using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Returns the DNS record that proves that a tenant owns its custom domain.</summary>
public static class GetDomainProof
{
    public static async Task<Results<Ok<DomainProof>, Missing, Conflicting>> Handle(
        [Description("The tenant's id.")] Guid id,
        TenantChange change,
        ServiceSettings settings,
        CancellationToken cancel
    ) =>
        await change.Find(id, Permissions.TenantsRead, Permissions.PlatformTenantsRead, cancel) is not { } tenant
            ? TenantChange.NoSuchTenant()
        : tenant.CustomDomain is { } domain ? TypedResults.Ok(DomainProof.Of(settings, id, domain))
        : Problems.Conflicting(DomainProof.NoDomain);
}
