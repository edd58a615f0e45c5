namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>Keycloak: the export of a realm, or one of the files with its users.</summary>
internal static class KeycloakUsers
{
    /// <summary>Roles that Keycloak gives to every user. They have no meaning here.</summary>
    private static bool IsBuiltIn(string role) =>
        role is "offline_access" or "uma_authorization" || role.StartsWith("default-roles-", StringComparison.Ordinal);

    public static ImportedUser? Read(FieldReader user)
    {
        if (user.Find("serviceAccountClientId") is not null)
            return null; // the account of a client, not of a person
        var name = user.Plain("username");
        return new ImportedUser
        {
            Id = user.Text("id", "id"),
            Email = user.Text("email", "email") ?? user.Unless("email", name?.Contains('@') == true ? name : null),
            PasswordHash = SourceHash.Keycloak(user),
            FirstName = user.Text("first_name", "firstName"),
            LastName = user.Text("last_name", "lastName"),
            Phone = user.Text("phone", "attributes.phoneNumber.0"),
            Locale = user.Text("locale", "attributes.locale.0"),
            EmailVerified = user.Flag("email_verified", "emailVerified"),
            IsActive = user.Flag("is_active", "enabled"),
            Roles = [.. user.Texts("roles").Where(role => !IsBuiltIn(role))],
            CreatedAt = user.Time("created_at", "createdTimestamp"),
            Metadata = user.Metadata("attributes"),
        };
    }
}
