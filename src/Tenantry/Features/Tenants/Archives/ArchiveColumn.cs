using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>How the rows of a table come in from an archive.</summary>
public enum Arrival
{
    /// <summary>With every archive, by the rules of their columns.</summary>
    Always,

    /// <summary>Only where the operator trusts whoever wrote the archive.</summary>
    Trusted,

    /// <summary>Not at all: what they are about has passed, or they follow from others.</summary>
    Never,
}

/// <summary>What an import takes of a table. A table that is not declared is not read; a column that is not declared is refused.</summary>
/// <param name="Name">in the database</param>
/// <param name="Arrival">how its rows come in</param>
/// <param name="Why">of what does not come in with every archive; else empty</param>
/// <param name="IsRestorable">whether <c>tenant restore</c> brings single rows back into a tenant that lives</param>
/// <param name="Columns">all that are taken</param>
public sealed record ArchiveTable(
    string Name,
    Arrival Arrival,
    string Why,
    bool IsRestorable,
    IReadOnlyList<ArchiveColumn> Columns
);

/// <summary>
/// What becomes of one value. The type of the column is checked besides, for all of them: its form, words of enumerations, years, signs, and what PostgreSQL cannot keep.
/// </summary>
/// <param name="Name">in the database</param>
public sealed record ArchiveColumn(string Name)
{
    /// <summary>What is wrong with a row's value, which is not null; completes a sentence that begins with the column. Null: taken as it is.</summary>
    public Func<JsonElement, ArchiveRow, string?>? Fault { get; init; }

    /// <summary>Makes the value from the row, whatever the archive says. Null: it is the archive's.</summary>
    public Func<ArchiveRow, object?>? Made { get; init; }

    /// <summary>Makes the value unless the archive is trusted; what was changed is told to the operator.</summary>
    public Func<ArchiveRow, object?>? Reset { get; init; }

    /// <summary>A row that is there keeps its value, also with <c>--overwrite</c>.</summary>
    public bool IsFixed { get; init; }

    /// <summary>SQL of the value for a row that is there, with <c>--overwrite</c> of an archive that is not trusted. Null, where there is a reset: it keeps its value.</summary>
    public string? Overwritten { get; init; }

    /// <summary>SQL of what an export writes instead. Null: the value.</summary>
    public string? Exported { get; init; }

    internal static ArchiveColumn Checked(string name, ValidationAttribute rule, bool isNeeded = false) =>
        new(name)
        {
            Fault = (value, _) =>
                value.ValueKind == JsonValueKind.String
                && (!isNeeded || !string.IsNullOrWhiteSpace(value.GetString()))
                && rule.IsValid(value.GetString())
                    ? null
                    : rule.FormatErrorMessage(name),
        };
}

/// <summary>A row on its way in.</summary>
/// <param name="Values">as the archive has them</param>
/// <param name="Terms">of the import</param>
public sealed record ArchiveRow(JsonElement Values, ArchiveTerms Terms)
{
    public string? Text(string column) =>
        Values.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public bool Says(string column) =>
        Values.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.True;
}

/// <summary>What holds for all rows of one import.</summary>
/// <param name="Manifest">of the archive</param>
/// <param name="IsTrusted">whether the operator vouches for whoever wrote it</param>
/// <param name="Permissions">id of each permission in this database, by its id in the archive</param>
/// <param name="Scan">what a file is that nobody here has scanned</param>
/// <param name="Now">of the import</param>
public sealed record ArchiveTerms(
    TenantArchive.Manifest Manifest,
    bool IsTrusted,
    IReadOnlyDictionary<Guid, Guid> Permissions,
    string Scan,
    DateTimeOffset Now
)
{
    private readonly byte[] secret = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);

    public bool IsPlatform => Manifest.Slug == Foundation.Data.Tenancy.Tenant.PlatformSlug;

    /// <summary>Whether a key names an object of this tenant.</summary>
    public bool IsOwn(string key) =>
        IObjectStore.IsKey(key)
        && Guid.TryParse(key.AsSpan(0, key.IndexOf('/', StringComparison.Ordinal)), out var tenant)
        && tenant == Manifest.TenantId;

    /// <summary>
    /// The key that an object gets here. The same for the same old key throughout this import, and nobody can foresee it: an archive names no object that is in the store already,
    /// nor one that waits for its removal.
    /// </summary>
    public string NewKey(string old)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.HMACSHA256.HashData(secret, System.Text.Encoding.UTF8.GetBytes(old), hash);
        (hash[6], hash[8]) = ((byte)((hash[6] & 0x0F) | 0x40), (byte)((hash[8] & 0x3F) | 0x80)); // RFC 9562, version 4
        return $"{Manifest.TenantId}/{new Guid(hash[..16], bigEndian: true)}";
    }
}
