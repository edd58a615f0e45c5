using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Users.Importing;

/// <summary>A user who passed all checks that need no database.</summary>
/// <param name="Line">The line of the record.</param>
/// <param name="Id">The id that the user gets.</param>
/// <param name="Normalized">The address as it is compared.</param>
/// <param name="User">The values of the file.</param>
/// <param name="Hash">The hash of the password; null: the user has none.</param>
/// <param name="RoleNames">The roles that the user gets.</param>
internal sealed record CheckedUser(
    int Line,
    Guid Id,
    string Normalized,
    ImportedUser User,
    ImportedHash? Hash,
    IReadOnlyList<string> RoleNames
);

/// <summary>Checks the records of a file against the rules of the product and the options of the operator.</summary>
internal sealed class UserCheck(
    ImportSource source,
    ImportOptions options,
    ResolvedTenant tenant,
    IReadOnlyDictionary<string, Guid> roles,
    DateTimeOffset now
)
{
    private const int MaxRoles = 20;

    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The number of users whose verified address is reset.</summary>
    public int Unverified { get; private set; }

    /// <summary>The number of users whose hash is left out.</summary>
    public int WithoutHash { get; private set; }

    /// <param name="record">A record of the file.</param>
    /// <param name="faults">All that is wrong with the record. Empty with a result of null: it is no user.</param>
    public CheckedUser? Check(SourceRecord record, out IReadOnlyList<string> faults)
    {
        var all = new List<string>();
        faults = all;
        if (record.Fault is { } unreadable)
        {
            all.Add(unreadable);
            return null;
        }
        if (source.Read(new FieldReader(record.Value, options.Map, now, all)) is not { } user)
            return null;

        // A value of the wrong type is absent here: it is one fault, and not also a missing member.
        all.AddRange([.. user.Faults().Where(fault => !all.Exists(known => FieldOf(known) == FieldOf(fault)))]);
        if (user.CreatedAt is { } created && (created < Earliest || created > now))
            all.Add("created_at must be between 1900 and now");
        var hash = CheckHash(user, all);
        var granted = CheckRoles(user.Roles, all);
        var normalized = EmailAddress.Key(user.Email ?? "");
        var id = IdOf(user, normalized, all);
        if (all.Count > 0)
            return null;

        var isUnverified = user.EmailVerified == true && !options.IsTrusted;
        Unverified += isUnverified ? 1 : 0;
        WithoutHash += user.PasswordHash is not null && hash is null ? 1 : 0;
        return new CheckedUser(
            record.Line,
            id,
            normalized,
            user with
            {
                EmailVerified = user.EmailVerified == true && options.IsTrusted,
            },
            hash,
            granted
        );
    }

    private static string FieldOf(string fault) => fault.Split(' ')[0];

    private ImportedHash? CheckHash(ImportedUser user, List<string> faults)
    {
        var hash = SourceHash.Read(user, options.Hashes, out var fault);
        if (fault is not null && !options.SkipsUnknownHashes)
            faults.Add($"password_hash {fault}");
        return hash;
    }

    private static readonly List<string> Default = [SystemRoles.User];

    private List<string> CheckRoles(IReadOnlyList<string> names, List<string> faults)
    {
        if (names.Count == 0)
            return Default;
        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        if (distinct.Count > MaxRoles)
            faults.Add($"roles must have at most {MaxRoles} names");
        else if (distinct.Exists(name => !roles.ContainsKey(name)))
            faults.Add(
                $"role must be one of {string.Join(", ", roles.Keys.Order(StringComparer.Ordinal).Take(MaxRoles))}{(roles.Count > MaxRoles ? ", …" : "")}"
            );
        foreach (var name in distinct.Where(name => roles.ContainsKey(name) && !options.MayGive(name)))
            faults.Add(
                $"role {name} cannot be granted by this file: allow it with --role, or trust the file with --trust"
            );
        return distinct;
    }

    private Guid IdOf(ImportedUser user, string normalized, List<string> faults)
    {
        if (!options.KeepsIds)
            return ImportKey.Of(
                tenant.Id,
                source.Name,
                user.Id is { } key ? $"id\n{key}" : $"email\n{normalized}",
                user.CreatedAt
            );
        if (Guid.TryParse(user.Id, out var id) && id != Guid.Empty && id != Guid.AllBitsSet)
            return id;
        faults.Add("id must be a UUID, because ids are kept");
        return default;
    }
}
