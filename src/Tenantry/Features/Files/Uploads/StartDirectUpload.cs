using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Storage;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Begins a direct upload: reserves its bytes, and returns the signed requests that send it to the store.
/// </summary>
public static class StartDirectUpload
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <param name="FileName">The file name under which the file is downloaded.</param>
    /// <param name="FileSize">The exact size of the file in bytes.</param>
    /// <param name="MimeType">
    /// The media type of the file. The service replaces it where the first bytes show another.
    /// </param>
    /// <param name="Sha256">The SHA-256 of the whole file, in hexadecimal.</param>
    /// <param name="Metadata">A JSON object of the application, stored with the file.</param>
    /// <param name="Tags">Tags of the application, by which files can be found.</param>
    public sealed record Request(
        [RequiredMember, ShortText(Files.FileName.MaxLength)] string? FileName,
        [RequiredMember, Range(0, long.MaxValue, ErrorMessage = "must be a number of bytes")] long? FileSize,
        [MediaType] string? MimeType,
        [RequiredMember, Sha256] string? Sha256,
        [FreeObject(FileLabels.MaxBytes)] JsonElement? Metadata,
        [FileTags] IReadOnlyList<string>? Tags
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "invoice-4711.pdf",
                48_213,
                "application/pdf",
                FileDocument.Example.Sha256,
                JsonElement.Parse("""{"order":"4711"}"""),
                ["invoice"]
            );
    }

    /// <param name="Id">The id of the upload, with which it is completed or cancelled.</param>
    /// <param name="ExpiresAt">The time by which the upload must be completed.</param>
    /// <param name="Requests">
    /// The signed requests in the order of their parts. Send each unchanged, with its headers.
    /// </param>
    public sealed record Response(Guid Id, DateTimeOffset ExpiresAt, IReadOnlyList<DirectUploadPart> Requests)
        : IExample<Response>
    {
        public static Response Example =>
            new(
                Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70903"),
                FileDocument.Example.CreatedAt.AddHours(1),
                [
                    new DirectUploadPart(
                        "PUT",
                        new Uri(
                            "https://files.example.com/019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/0c6f5f4d-1a2b-4c3d-8e9f-a0b1c2d3e4f5?signature=Tm9uZQ"
                        ),
                        new Dictionary<string, string> { ["Content-Length"] = "48213" },
                        48_213
                    ),
                ]
            );
    }

    public static async Task<Results<Created<Response>, Invalid, TooLarge, Conflicting, OverQuota, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        DirectUploadParts parts,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        StoreFailures failures,
        CancellationToken cancel
    )
    {
        var (user, size, quota) = (
            context.SignedIn.UserId,
            body.FileSize!.Value,
            settings.QuotaOf(context.Tenant.SubscriptionTier)
        );
        if (size > quota.FileBytes)
            return new TooLarge(quota.FileBytes);
        var usage = (
            await db
                .Database.SqlQueryRaw<Usage>(
                    $$"""
                    SELECT {{StorageQuota.UsedSql}} AS used, (SELECT count(*) FROM file_uploads WHERE tenant_id = {0} AND user_id = {1}) AS mine,
                           (SELECT count(*) FROM file_uploads WHERE tenant_id = {0}) AS everybodys
                    """,
                    context.TenantId,
                    user
                )
                .ToListAsync(cancel)
        )[0];
        if (quota.StorageBytes is { } allowed && usage.Used + size > allowed)
            return StorageQuota.Exceeded(usage.Used, allowed);
        if (OpenUploads.Refuse(usage.OfUser, usage.OfTenant) is { } tooMany)
            return tooMany;

        var id = Guid.NewGuid();
        var (key, type, now) = (
            $"{context.TenantId}/{id}",
            FileType.Normalize(body.MimeType) ?? FileType.Unknown,
            clock.GetUtcNow()
        );
        var expires = now + Lifetime;
        DirectUploadParts.Begun begun;
        try
        {
            begun = await parts.Begin(key, type, size, expires, cancel);
        }
        catch (StoreException e)
        {
            return failures.InDirectUpload(e);
        }
        var row = new FileUpload
        {
            TenantId = context.TenantId,
            Id = id,
            UserId = user,
            ObjectKey = key,
            StoreUpload = begun.StoreUpload,
            Parts = begun.Requests.Count,
            FileName = FileName.Clean(body.FileName),
            MimeType = type,
            FileSize = size,
            Sha256 = Convert.FromHexString(body.Sha256!),
            Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : FileLabels.NoMetadata,
            Tags = FileLabels.NormalizeTags(body.Tags ?? []),
            CreatedAt = now,
            ExpiresAt = expires,
        };
        if (await Save(row, context, db, parts, audit, settings, cancel) is { } full)
            return full;
        return TypedResults.Created(
            $"{settings.ApiPath}/files/uploads/{row.Id}",
            new Response(row.Id, expires, begun.Requests)
        );
    }

    /// <summary>Reserves the bytes and saves the row. Where that fails, the upload in the store is aborted.</summary>
    private static async Task<OverQuota?> Save(
        FileUpload row,
        TenantContext context,
        TenantDb db,
        DirectUploadParts parts,
        AuditTrail audit,
        ServiceSettings settings,
        CancellationToken cancel
    )
    {
        var mayBeCommitted = false;
        try
        {
            await using var transaction = await db.Begin(cancel);
            if (await StorageQuota.Reserve(db, settings, context.Tenant, row.FileSize, cancel) is { } full)
                return full;
            db.Add(row);
            audit.Add(db, row.Id);
            await db.SaveChangesAsync(cancel);
            mayBeCommitted = true; // from here on the row may be committed, and its upload must stay
            await transaction.CommitAsync(cancel);
            return null;
        }
        finally
        {
            if (!mayBeCommitted && row.StoreUpload is { } storeUpload)
                await parts.Abort(row.ObjectKey, storeUpload);
        }
    }

    private sealed record Usage(
        long Used,
        [property: Column("mine")] long OfUser,
        [property: Column("everybodys")] long OfTenant
    );
}

/// <summary>Validates a SHA-256 in hexadecimal.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class Sha256Attribute() : ValidationAttribute("must be a SHA-256 in hexadecimal: 64 digits")
{
    public override bool IsValid(object? value) =>
        value is not string text || text.Length == 0 || (text.Length == 64 && text.All(char.IsAsciiHexDigit));
}
