using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Returns one tenant: the caller's own or, for platform administrators, any.</summary>
public static class GetTenant
{
    public static async Task<Results<Ok<TenantDocument>, NotModified, Missing>> Handle(
        [Description("The tenant's id.")] Guid id,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var isOwn = id == context.TenantId;
        if (!context.SignedIn.Has(isOwn ? Permissions.TenantsRead : Permissions.PlatformTenantsRead))
            return TenantChange.NoSuchTenant();

        // Cross-tenant access: a platform administrator reads as the tenant that the request names.
        if (!isOwn)
            db.For(id);
        if (
            await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel)
            is not { } tenant
        )
            return TenantChange.NoSuchTenant();
        if (ETag.IsNotModified(http, tenant.Version)) // the state of an erasure is stored in the same row
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
