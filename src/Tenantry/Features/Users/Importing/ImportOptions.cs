using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users.Importing;

/// <summary>What an import may do, as the operator decides.</summary>
/// <param name="IsPartial">Whether to import the valid records although others are invalid.</param>
/// <param name="IsTrusted">
/// Whether the operator trusts the file: it may grant any role of the tenant, and contain verified addresses and costly
/// hashes.
/// </param>
/// <param name="Roles">The roles that the file may grant, besides <c>User</c> and <c>Viewer</c>.</param>
public sealed record ImportOptions(bool IsPartial, bool IsTrusted, IReadOnlyCollection<string> Roles)
{
    /// <summary>The name of the system that wrote the file. Null: it is recognised.</summary>
    public string? Format { get; init; }

    /// <summary>Which columns are taken for which fields.</summary>
    public FieldMap Map { get; init; } = FieldMap.None;

    /// <summary>Whether everything is checked and nothing is written.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Whether users keep their ids, which must be UUIDs that no user of any tenant has.</summary>
    public bool KeepsIds { get; init; }

    /// <summary>
    /// Whether a user whose hash cannot be verified here is imported without it. Otherwise the record is refused.
    /// </summary>
    public bool SkipsUnknownHashes { get; init; }

    /// <summary>What the operator permits and knows about the hashes of the file.</summary>
    public ImportedHash.Options Hashes { get; init; } = new(IsTrusted);

    public bool MayGive(string role) => IsTrusted || !IsElevated(role) || Roles.Contains(role, StringComparer.Ordinal);

    /// <summary>Whether a role may have more permissions than <c>User</c>.</summary>
    public static bool IsElevated(string role) => role is not (SystemRoles.User or SystemRoles.Viewer);
}

/// <summary>What an import did.</summary>
/// <param name="Format">The system and the form of the file, like <c>auth0, JSON Lines</c>.</param>
/// <param name="Taken">The number of imported users. After a dry run: of those that would be.</param>
/// <param name="Already">The number of users that an earlier import has created.</param>
/// <param name="Refused">The number of refused records.</param>
/// <param name="Skipped">The number of records that are no users.</param>
/// <param name="Unverified">
/// The number of users whose address is verified according to the file, and who must verify it again.
/// </param>
/// <param name="WithoutHash">The number of users whose hash was left out, because it cannot be verified here.</param>
/// <param name="Hashes">The hashes of the imported users, by scheme.</param>
public sealed record ImportResult(
    string Format,
    int Taken,
    int Already,
    int Refused,
    int Skipped,
    int Unverified,
    int WithoutHash,
    HashTally Hashes
);

/// <summary>The import stopped before the end of the file.</summary>
public sealed class ImportStoppedException(string message) : Exception(message);
