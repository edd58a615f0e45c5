namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>Amazon Cognito: a CSV file with the columns of a user pool. Cognito exports no hashes.</summary>
internal static class CognitoUsers
{
    private const string Custom = "custom:";

    public static ImportedUser Read(FieldReader user)
    {
        var (first, last) = ImportSource.Split(user.Plain("name"));
        return new ImportedUser
        {
            Id = user.Text("id", "sub", "cognito:username"),
            Email = user.Text("email", "email"),
            PasswordHash = user.Text("password_hash"),
            FirstName = user.Text("first_name", "given_name") ?? user.Unless("first_name", first),
            LastName = user.Text("last_name", "family_name") ?? user.Unless("last_name", last),
            Phone = user.Text("phone", "phone_number"),
            Locale = user.Text("locale", "locale")?.Replace('_', '-'),
            EmailVerified = user.Flag("email_verified", "email_verified"),
            IsActive = user.Flag("is_active", "enabled", "Enabled"),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "UserCreateDate"),
            Metadata = user.Metadata(
                null,
                user.Record.EnumerateObject()
                    .Where(column => column.Name.StartsWith(Custom, StringComparison.Ordinal))
                    .Select(column => (column.Name[Custom.Length..], column.Value))
            ),
        };
    }
}
