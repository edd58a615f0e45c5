using System.Linq.Expressions;
using System.Text.Json;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>A file with its metadata.</summary>
/// <param name="Id">The id of the file.</param>
/// <param name="FileKey">The key of the file's object in the object store.</param>
/// <param name="FileName">The file name under which the file is downloaded.</param>
/// <param name="FileSize">The size of the file in bytes.</param>
/// <param name="MimeType">
/// The media type by the first bytes of the file, or the declared one where they show none.
/// </param>
/// <param name="Sha256">The SHA-256 of the file's bytes, in hexadecimal.</param>
/// <param name="Metadata">The JSON object that the application stored with the file.</param>
/// <param name="Tags">The tags of the application, by which files can be found.</param>
/// <param name="Scan">
/// The result of the virus scan. `not_scanned` means that no scanner is configured. A file that is `pending`,
/// `infected` or `unscannable` cannot be downloaded.
/// </param>
/// <param name="Threat">The scanner's name of the threat that it found.</param>
/// <param name="UserId">The id of the user who uploaded the file.</param>
/// <param name="CreatedAt">The time at which the file was created.</param>
/// <param name="UpdatedAt">The time at which its name, metadata or tags last changed.</param>
public sealed record FileDocument(
    Guid Id,
    string FileKey,
    string FileName,
    long FileSize,
    string MimeType,
    string Sha256,
    [JsonShape] JsonElement Metadata,
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

    /// <summary>
    /// The projection of a query over files of other callers. It does not read metadata over the size limit, so that
    /// one row cannot fill the memory of an instance.
    /// </summary>
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

    /// <summary>The same projection with the row version, from which the <c>ETag</c> is made.</summary>
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
