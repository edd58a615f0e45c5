using System.Linq.Expressions;
using System.Text.Json;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>A file, as the API shows it.</summary>
/// <param name="Id">Of the file.</param>
/// <param name="FileKey">Of its object in the store.</param>
/// <param name="FileName">As it is saved when it is downloaded.</param>
/// <param name="FileSize">In bytes.</param>
/// <param name="MimeType">By its first bytes where they tell, else as it was declared.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
/// <param name="Metadata">The application's own.</param>
/// <param name="Tags">The same, to find it by.</param>
/// <param name="Scan">What the scanner said; `not_scanned` where there is none. One that is `pending`, `infected` or `unscannable` is given to nobody.</param>
/// <param name="Threat">What the scanner found.</param>
/// <param name="UserId">Who brought it.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="UpdatedAt">When its name, metadata or tags changed last.</param>
public sealed record FileDocument(
    Guid Id,
    string FileKey,
    string FileName,
    long FileSize,
    string MimeType,
    string Sha256,
    JsonElement Metadata,
    IReadOnlyList<string> Tags,
    Scan Scan,
    string? Threat,
    Guid? UserId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<FileDocument>
{
    public static FileDocument Example =>
        new(
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70901"),
            "019a8f3e-8d00-7c11-a2b3-c4d5e6f70001/5b0b6a3e-54a6-4b1e-9a37-0c6f5f4d2a11",
            "invoice-4711.pdf",
            48_213,
            "application/pdf",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            JsonElement.Parse("""{"order":"4711"}"""),
            ["invoice"],
            Scan.Clean,
            null,
            Guid.Parse("019a8f3e-8d00-7c11-a2b3-c4d5e6f70002"),
            DateTimeOffset.Parse("2026-01-31T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture),
            DateTimeOffset.Parse("2026-01-31T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture)
        );

    /// <summary>For what reads files that others have written: metadata beyond the bound is not read.</summary>
    internal static readonly Expression<Func<StoredFile, FileDocument>> Shown = row => new FileDocument(
        row.Id,
        row.FileKey,
        row.FileName,
        row.FileSize,
        row.MimeType,
        Convert.ToHexStringLower(row.Sha256),
        TenantDb.ShownJson(row.Metadata, CallersJsonAttribute.Metadata),
        row.Tags,
        row.Scan,
        row.Threat,
        row.UserId,
        row.CreatedAt,
        row.UpdatedAt
    );

    /// <summary>The same, with the version that its ETag is made of.</summary>
    internal static readonly Expression<Func<StoredFile, Versioned>> ShownWithVersion = row => new Versioned(
        row.Version,
        new FileDocument(
            row.Id,
            row.FileKey,
            row.FileName,
            row.FileSize,
            row.MimeType,
            Convert.ToHexStringLower(row.Sha256),
            TenantDb.ShownJson(row.Metadata, CallersJsonAttribute.Metadata),
            row.Tags,
            row.Scan,
            row.Threat,
            row.UserId,
            row.CreatedAt,
            row.UpdatedAt
        )
    );

    internal sealed record Versioned(uint Version, FileDocument Document);

    internal static FileDocument Of(StoredFile row) =>
        new(
            row.Id,
            row.FileKey,
            row.FileName,
            row.FileSize,
            row.MimeType,
            Convert.ToHexStringLower(row.Sha256),
            row.Metadata,
            row.Tags,
            row.Scan,
            row.Threat,
            row.UserId,
            row.CreatedAt,
            row.UpdatedAt
        );
}
