namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>Okta: a CSV file with the attributes of its profiles. Okta exports no hashes.</summary>
internal static class OktaUsers
{
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "created",
        "email",
        "firstName",
        "id",
        "lastName",
        "locale",
        "login",
        "mobilePhone",
        "preferredLanguage",
        "primaryPhone",
        "status",
    };

    public static ImportedUser Read(FieldReader user)
    {
        var login = user.Plain("login");
        return new ImportedUser
        {
            Id = user.Text("id", "id", "login"),
            Email = user.Text("email", "email") ?? user.Unless("email", login?.Contains('@') == true ? login : null),
            PasswordHash = user.Text("password_hash"),
            FirstName = user.Text("first_name", "firstName"),
            LastName = user.Text("last_name", "lastName"),
            Phone = Dialled(user.Text("phone", "mobilePhone", "primaryPhone")),
            Locale = user.Text("locale", "preferredLanguage", "locale")?.Replace('_', '-'),
            EmailVerified = user.Flag("email_verified"),
            IsActive = user.Derived(
                "is_active",
                user.Plain("status")?.ToUpperInvariant() is "SUSPENDED" or "DEPROVISIONED" ? false : null
            ),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "created"),
            Metadata = user.Metadata(
                null,
                user.Record.EnumerateObject()
                    .Where(column => !Taken.Contains(column.Name))
                    .Select(column => (column.Name, column.Value))
            ),
        };
    }

    /// <summary>Okta keeps a number as it was typed: <c>+1 (415) 555-0100</c>.</summary>
    private static string? Dialled(string? phone) =>
        phone is null ? null : string.Concat(phone.Where(character => !" ()-./".Contains(character)));
}
