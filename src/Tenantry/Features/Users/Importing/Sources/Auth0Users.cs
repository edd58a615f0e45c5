namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>
/// Auth0: the user export (also as an array), the export of password hashes that Auth0's support provides, and files in
/// the schema of Auth0's own import.
/// </summary>
internal static class Auth0Users
{
    private const string DatabaseConnection = "auth0|";

    public static ImportedUser Read(FieldReader user)
    {
        var (first, last) = ImportSource.Split(user.Plain("name"));
        var id = user.Text("id", "user_id", "_id.$oid", "_id");
        return new ImportedUser
        {
            // The export of hashes has the id without the connection. Both files must name the same user.
            Id = id is null || id.Contains('|') ? id : DatabaseConnection + id,
            Email = user.Text("email", "email"),
            PasswordHash = user.Text(
                "password_hash",
                "password_hash",
                "passwordHash",
                "custom_password_hash.hash.value"
            ),
            FirstName =
                user.Text("first_name", "given_name", "user_metadata.given_name") ?? user.Unless("first_name", first),
            LastName =
                user.Text("last_name", "family_name", "user_metadata.family_name") ?? user.Unless("last_name", last),
            Phone = user.Text("phone", "phone_number"),
            Locale = user.Text("locale", "locale")?.Replace('_', '-'),
            EmailVerified = user.Flag("email_verified", "email_verified"),
            IsActive = user.Derived("is_active", !user.Flag("blocked", "blocked")),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "created_at"),
            Metadata = user.Metadata(null, ImportSource.Members(user, "app_metadata", "user_metadata")),
        };
    }
}
