using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>Replaces the file settings of the tenant. Existing files stay.</summary>
public static class ReplaceFileSettings
{
    public static async Task<Results<Ok<FileSettingsDocument>, Invalid, Stale>> Handle(
        FileSettingsDocument body,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var row = await db.Set<FileSettings>()
            .FromSql($"SELECT *, xmin FROM file_settings FOR UPDATE")
            .SingleOrDefaultAsync(cancel);
        if (!ETag.Matches(http, row?.Version ?? 0))
            return new Stale();
        if (row is null)
            db.Add(row = new FileSettings { TenantId = context.TenantId });
        row.RefusedTypes =
        [
            .. (body.RefusedTypes ?? [])
                .Select(type => type.ToLowerInvariant())
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        row.UpdatedAt = clock.GetUtcNow();
        audit.Add(db, context.TenantId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        http.Response.GetTypedHeaders().ETag = ETag.Of(row.Version);
        return TypedResults.Ok(new FileSettingsDocument(row.RefusedTypes));
    }
}
