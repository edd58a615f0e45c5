using System.Text.Json;
using Tenantry.Features.Users.Importing.Sources;

namespace Tenantry.Features.Users.Importing;

/// <summary>A system whose exports can be imported: how its files are recognised, and how a user is read.</summary>
/// <param name="Name">The value of <c>--format</c>.</param>
/// <param name="Matches">Whether a first record with these members, or a header with these columns, is of it.</param>
/// <param name="Read">Reads a user from a record. Null: the record is no user, and is skipped.</param>
internal sealed record ImportSource(
    string Name,
    Func<IReadOnlySet<string>, bool> Matches,
    Func<FieldReader, ImportedUser?> Read
)
{
    /// <summary>The format that this documentation defines. A file that no other format recognises is of it.</summary>
    public static readonly ImportSource Tenantry = new("tenantry", static _ => false, TenantryUsers.Read);

    /// <summary>In the order in which they are tried: those with members of their own first.</summary>
    public static readonly IReadOnlyList<ImportSource> All =
    [
        new("django", static names => names.Contains("model") && names.Contains("fields"), DjangoUsers.Read),
        new("firebase", static names => names.Contains("localId"), FirebaseUsers.Read),
        new(
            "supabase",
            static names => names.Overlaps(["encrypted_password", "raw_user_meta_data", "raw_app_meta_data"]),
            SupabaseUsers.Read
        ),
        new(
            "aspnet-identity",
            static names => names.Overlaps(["NormalizedEmail", "normalizedEmail", "normalized_email", "SecurityStamp"]),
            AspNetIdentityUsers.Read
        ),
        new("cognito", static names => names.Overlaps(["cognito:username", "cognito:mfa_enabled"]), CognitoUsers.Read),
        new(
            "okta",
            static names => names.Contains("login") && names.Overlaps(["firstName", "email", "lastName"]),
            OktaUsers.Read
        ),
        new(
            "keycloak",
            static names =>
                names.Contains("username") && names.Overlaps(["createdTimestamp", "credentials", "enabled"]),
            KeycloakUsers.Read
        ),
        new(
            "auth0",
            static names =>
                names.Overlaps([
                    "user_id",
                    "_id",
                    "identities",
                    "user_metadata",
                    "app_metadata",
                    "custom_password_hash",
                ]),
            Auth0Users.Read
        ),
        Tenantry,
    ];

    public static ImportSource? ByName(string name) => All.FirstOrDefault(source => source.Name == name);

    /// <param name="names">The members of the first record, or the columns of the header.</param>
    public static ImportSource Of(IEnumerable<string> names)
    {
        var set = names.ToHashSet(StringComparer.Ordinal);
        return All.FirstOrDefault(source => source.Matches(set)) ?? Tenantry;
    }

    /// <summary>Splits the name of a person where a system has only the whole name.</summary>
    public static (string? First, string? Last) Split(string? name)
    {
        if (name?.Trim() is not { Length: > 0 } whole || whole.Contains('@'))
            return (null, null);
        var space = whole.IndexOf(' ');
        return space < 0 ? (whole, null) : (whole[..space], whole[(space + 1)..].Trim());
    }

    /// <summary>The members of an object that exist, each by its own name.</summary>
    public static IEnumerable<(string Name, JsonElement Value)> Members(FieldReader user, params string[] names) =>
        names
            .Select(name => (Name: name, Value: user.Find(name)))
            .Where(member => member.Value is not null)
            .Select(member => (member.Name, FieldReader.ObjectOf(member.Value!.Value) ?? member.Value.Value));
}
