using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>How a tenant wants its files, under <c>/files/settings</c>.</summary>
public static class FileRules
{
    /// <param name="RefusedTypes">What is not taken: types, or like `video/*` all of a kind.</param>
    public sealed record Document([MediaTypes] IReadOnlyList<string>? RefusedTypes) : IExample<Document>
    {
        public static Document Example => new(["application/vnd.microsoft.portable-executable", "video/*"]);
    }

    internal static async Task<string[]> RefusedTypes(TenantDb db, CancellationToken cancel) =>
        await db.Set<FileSettings>().AsNoTracking().Select(own => own.RefusedTypes).SingleOrDefaultAsync(cancel) ?? [];

    public static async Task<Results<Ok<Document>, NotModified>> Read(
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var row = await db.Set<FileSettings>().AsNoTracking().SingleOrDefaultAsync(cancel) ?? new FileSettings();
        return ETag.IsKnown(http, row.Version) ? new NotModified() : TypedResults.Ok(new Document(row.RefusedTypes));
    }

    public static async Task<Results<Ok<Document>, Invalid, Stale>> Replace(
        Document body,
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
        if (!ETag.Holds(http, row?.Version ?? 0))
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
        return TypedResults.Ok(new Document(row.RefusedTypes));
    }
}

/// <summary>Media types, or all of a kind.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MediaTypesAttribute()
    : ValidationAttribute("must be 100 at most, each a media type like application/pdf, or all of a kind like video/*")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> types
        || (
            types.Count <= 100
            && types.All(type => FileType.Normalized(type?.Replace("/*", "/x", StringComparison.Ordinal)) is not null)
        );
}
