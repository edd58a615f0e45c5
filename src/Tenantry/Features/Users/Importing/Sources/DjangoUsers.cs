namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>
/// Django: a fixture of <c>manage.py dumpdata</c>, as JSON or JSON Lines. Records of other models are skipped. A user
/// model of the application's own is recognised by its password.
/// </summary>
internal static class DjangoUsers
{
    /// <summary>The hash of a user without a password begins with it (<c>set_unusable_password</c>).</summary>
    private const char Unusable = '!';

    public static ImportedUser? Read(FieldReader user)
    {
        if (user.Find("fields.password") is null)
            return null;
        var name = user.Plain("fields.username");
        var hash = user.Text("password_hash", "fields.password");
        return new ImportedUser
        {
            Id = user.Text("id", "pk", "fields.id"),
            Email =
                user.Text("email", "fields.email") ?? user.Unless("email", name?.Contains('@') == true ? name : null),
            PasswordHash = hash?.StartsWith(Unusable) == true ? null : hash,
            FirstName = user.Text("first_name", "fields.first_name"),
            LastName = user.Text("last_name", "fields.last_name"),
            Phone = user.Text("phone"),
            Locale = user.Text("locale"),
            EmailVerified = user.Flag("email_verified"),
            IsActive = user.Flag("is_active", "fields.is_active"),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "fields.date_joined"),
            Metadata = user.Metadata(null),
        };
    }
}
