using Tenantry.Features.Tenants.Archives;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Tenants;

/// <summary>Tenants, under <c>/api/v1/tenants</c>.</summary>
public static class TenantsEndpoints
{
    public static void AddTenants(this IServiceCollection services)
    {
        services.AddSingleton<FirstStart>();
        services.AddScoped<TenantChange>();
        services.AddSingleton<ITxtRecords, TxtRecords>();
        services.AddSingleton<ExportTenant>();
        services.AddSingleton<ImportTenant>();
        services.AddSingleton<RestoreTenantRows>();
        services.AddSingleton<FinishRestore>();
        services.AddHostedService<ErasureFigures>();
        services.AddSingleton<TenantErasure>();
        services.AddHostedService(provider => provider.GetRequiredService<TenantErasure>());
    }

    public static void MapTenants(this IEndpointRouteBuilder api)
    {
        var tenants = api.MapGroup("/tenants").WithTags("Tenants");
        tenants
            .MapGet("/", ListTenants.Handle)
            .Requires(Permissions.PlatformTenantsRead)
            .AllowStaleReads()
            .WithSummary("List tenants")
            .WithDescription(
                "Returns the tenants of the installation, newest first. For a deleted tenant whose erasure failed, `erasure` contains the reason."
            );
        tenants
            .MapPost("/", CreateTenant.Handle)
            .Requires(Permissions.PlatformTenantsCreate)
            .Audited("tenant.created")
            .Idempotent()
            .WithSummary("Create a tenant")
            .WithDescription(
                "Creates a tenant with its system roles, and sends an invitation to its first Admin by e-mail."
            );
        tenants
            .MapGet("/{id:guid}", GetTenant.Handle)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .WithSummary("Get a tenant")
            .WithDescription("Returns your own tenant. Platform administrators can get any tenant.");
        tenants
            .MapPut("/{id:guid}", UpdateTenant.Handle)
            .Requires(Permissions.TenantsManage, Permissions.PlatformTenantsManage)
            .Audited("tenant.changed")
            .WithSummary("Update a tenant")
            .WithDescription(
                "Replaces the settings of your own tenant. Platform administrators can update any tenant, and only they can change `subscription_tier`, `rate_limit_per_minute` and `is_active`. The change takes effect on every instance at once."
            );
        tenants
            .MapDelete("/{id:guid}", DeleteTenant.Handle)
            .Requires(Permissions.PlatformTenantsDelete)
            .Audited("tenant.deleted")
            .WithSummary("Delete a tenant")
            .WithDescription(
                "Switches the tenant off at once. The tenant and all its data are erased after the grace period (`TENANT_PURGE_AFTER_DAYS`)."
            );
        tenants
            .MapPost("/{id:guid}/restore", RestoreTenant.Handle)
            .Requires(Permissions.PlatformTenantsDelete)
            .Audited("tenant.restored")
            .WithSummary("Restore a deleted tenant")
            .WithDescription("Restores the tenant with all its data. This is possible until the grace period ends.");
        tenants
            .MapGet("/{id:guid}/usage", GetTenantUsage.Handle)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .Costs(5)
            .AllowStaleReads()
            .WithSummary("Get a tenant's usage")
            .WithDescription(
                "Returns the users, sessions, files, messages of this month and requests of each day, with the quotas of the tenant's tier."
            );
        tenants
            .MapGet("/{id:guid}/domain-proof", GetDomainProof.Handle)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .WithSummary("Get the DNS record of a custom domain")
            .WithDescription("Returns the TXT record that must be added to the zone of the custom domain.");
        tenants
            .MapPost("/{id:guid}/verify-domain", VerifyDomain.Handle)
            .Requires(Permissions.TenantsManage, Permissions.PlatformTenantsManage)
            .Audited("tenant.domain_verified")
            .WithSummary("Verify the custom domain")
            .WithDescription(
                "Looks up the TXT record in the DNS. If it exists, requests to the domain belong to this tenant from then on, and no other tenant can have the domain."
            );
    }
}
