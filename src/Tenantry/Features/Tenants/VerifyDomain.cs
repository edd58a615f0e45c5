using System.ComponentModel;
using DnsClient;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Looks up the DNS record that proves a custom domain, and marks the domain as verified if the record exists.
/// </summary>
public static class VerifyDomain
{
    private const string Field = "custom_domain";

    public static async Task<Results<Ok<TenantDocument>, Missing, Conflicting, Stale, Unavailable>> Handle(
        [Description("The tenant's id.")] Guid id,
        TenantChange change,
        ITxtRecords dns,
        ServiceSettings settings,
        CancellationToken cancel
    )
    {
        if (
            await change.Find(id, Permissions.TenantsManage, Permissions.PlatformTenantsManage, cancel) is not { } found
        )
            return TenantChange.NoSuchTenant();
        if (found.CustomDomain is not { } domain)
            return Problems.Conflicting(DomainProof.NoDomain, Field);
        var proof = DomainProof.Of(settings, id, domain);
        // The lookup is done before the transaction: a slow DNS server must not hold a lock on the tenant.
        try
        {
            if (!(await dns.Of(proof.Name, cancel)).Contains(proof.Value, StringComparer.Ordinal))
                return Problems.Conflicting(
                    $"There is no TXT record {proof.Name} with the value {proof.Value}. A new record can take some time to become visible.",
                    Field
                );
        }
        catch (DnsResponseException)
        {
            return Problems.Unavailable(Problems.DependencyUnavailable, TimeSpan.FromSeconds(30));
        }
        return await change.Apply(
            id,
            Permissions.TenantsManage,
            Permissions.PlatformTenantsManage,
            tenant =>
            {
                if (tenant.CustomDomain != domain)
                    return Problems.Conflicting(
                        "The custom domain was changed during the verification. Verify the new domain.",
                        Field
                    );
                tenant.CustomDomainVerifiedAt ??= change.Now;
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
}
