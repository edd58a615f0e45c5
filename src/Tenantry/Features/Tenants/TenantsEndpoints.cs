using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Tenants.Archives;
using Tenantry.Features.Tenants.Erasure;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Data.Tenancy;
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
        services.AddScoped<ChangeTenant>();
        services.AddSingleton<IDnsTexts, DnsTexts>();
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
            .MayBeStale()
            .WithSummary("List tenants")
            .WithDescription(
                "Newest first. `name` finds a part of the name, `slug` its beginning; `tier` and `is_active` match exactly. Of a deleted tenant that could not be erased, `erasure` tells why."
            );
        tenants
            .MapPost("/", CreateTenant.Handle)
            .Requires(Permissions.PlatformTenantsCreate)
            .Audited("tenant.created")
            .Idempotent()
            .WithSummary("Make a tenant")
            .WithDescription("With its system roles; its first Admin is invited by mail.");
        tenants
            .MapGet("/{id:guid}", Read)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .WithSummary("Read a tenant")
            .WithDescription("The own one, or any for the platform's administrators.");
        tenants
            .MapPut("/{id:guid}", ChangeTenant.Replace)
            .Requires(Permissions.TenantsManage, Permissions.PlatformTenantsManage)
            .Audited("tenant.changed")
            .WithSummary("Change a tenant")
            .WithDescription(
                "The own one, or any for the platform's administrators, who alone change `subscription_tier` and `is_active`. Counts at once, on every instance."
            );
        tenants
            .MapDelete("/{id:guid}", ChangeTenant.Delete)
            .Requires(Permissions.PlatformTenantsDelete)
            .Audited("tenant.deleted")
            .WithSummary("Delete a tenant")
            .WithDescription(
                "Off at once; erased with all that is its after the days of grace (`TENANT_PURGE_AFTER_DAYS`)."
            );
        tenants
            .MapPost("/{id:guid}/restore", ChangeTenant.Restore)
            .Requires(Permissions.PlatformTenantsDelete)
            .Audited("tenant.restored")
            .WithSummary("Bring a deleted tenant back")
            .WithDescription("Until its days of grace are over, with all that is its.");
        tenants
            .MapGet("/{id:guid}/usage", TenantUsage.Handle)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .Costs(5)
            .MayBeStale()
            .WithSummary("What a tenant uses")
            .WithDescription(
                "Against what its subscription allows: users, sessions, messages of this month, and requests of each of the last `days` (30)."
            );
        tenants
            .MapGet("/{id:guid}/domain-proof", ChangeTenant.ShowDomainProof)
            .Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .WithSummary("How to prove the custom domain")
            .WithDescription("The TXT record that the domain's zone must have.");
        tenants
            .MapPost("/{id:guid}/verify-domain", ChangeTenant.VerifyDomain)
            .Requires(Permissions.TenantsManage, Permissions.PlatformTenantsManage)
            .Audited("tenant.domain_verified")
            .WithSummary("Verify the custom domain")
            .WithDescription(
                "Asks the DNS for the record. From then on the domain names the tenant, and no other tenant can have it."
            );
    }

    private static async Task<Results<Ok<TenantDocument>, NotModified, Missing>> Read(
        Guid id,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var isOwn = id == context.TenantId;
        if (!context.SignedIn.May(isOwn ? Permissions.TenantsRead : Permissions.PlatformTenantsRead))
            return ChangeTenant.NoSuchTenant();

        // A door: platform administration reads as the tenant that it asks for.
        if (!isOwn)
            db.For(id);
        if (
            await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel)
            is not { } tenant
        )
            return ChangeTenant.NoSuchTenant();
        if (ETag.IsKnown(http, tenant.Version)) // the state of an erasure stands in the same row
            return new NotModified();
        return TypedResults.Ok(
            TenantDocument.Of(tenant) with
            {
                Erasure = tenant.DeletedAt is null ? null : await FailedErasureOf(db, id, cancel),
            }
        );
    }

    private static async Task<FailedErasure?> FailedErasureOf(TenantDb db, Guid id, CancellationToken cancel) =>
        await db
            .Database.SqlQueryRaw<FailedErasure>(
                $"SELECT attempts, failed_at, reason, next_attempt_at FROM {DatabaseFunctions.FailedErasures}(ARRAY[{{0}}])",
                id
            )
            .SingleOrDefaultAsync(cancel);
}
