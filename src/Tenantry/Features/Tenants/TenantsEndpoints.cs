using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Tenants;

/// <summary>Tenants, under <c>/api/v1/tenants</c>.</summary>
public static class TenantsEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder api)
    {
        var tenants = api.MapGroup("/tenants").WithTags("Tenants");
        tenants.MapGet("/", ListTenants.Handle).Requires(Permissions.PlatformTenantsRead)
            .WithSummary("List tenants").WithDescription("Newest first. `name` finds a part of the name, `slug` its beginning; `tier` and `is_active` match exactly.");
        tenants.MapPost("/", CreateTenant.Handle).Requires(Permissions.PlatformTenantsCreate).Audited("tenant.created")
            .WithSummary("Make a tenant").WithDescription("With its system roles; its first Admin is invited by mail.");
        tenants.MapGet("/{id:guid}", Read).Requires(Permissions.TenantsRead, Permissions.PlatformTenantsRead)
            .WithSummary("Read a tenant").WithDescription("The own one, or any for the platform's administrators.");
    }

    private static async Task<Results<Ok<TenantDocument>, NotModified, Missing>> Read(Guid id, TenantContext context, TenantDb db, HttpContext http, CancellationToken cancel)
    {
        var isOwn = id == context.TenantId;
        if (!context.SignedIn.May(isOwn ? Permissions.TenantsRead : Permissions.PlatformTenantsRead))
            return NoSuchTenant();

        // A door: platform administration reads as the tenant that it asks for.
        if (!isOwn)
            db.For(id);
        if (await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel) is not { } tenant)
            return NoSuchTenant();
        return ETag.IsKnown(http, tenant.Version) ? new NotModified() : TypedResults.Ok(TenantDocument.Of(tenant));
    }

    private static Missing NoSuchTenant() => Problems.Missing("There is no such tenant.");
}
