namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>The format of this product: the members of <see cref="ImportedUser.Fields"/>.</summary>
internal static class TenantryUsers
{
    private const int MaxUnknown = 10;
    private const int LongestName = 64;

    /// <param name="user">
    /// Without <c>--map</c>, other members are refused, so that a misspelt one does not lose its value silently.
    /// </param>
    public static ImportedUser Read(FieldReader user)
    {
        if (user.IsStrict)
            RefuseUnknown(user);
        var role = user.Text("role", "role");
        return new ImportedUser
        {
            Id = user.Text("id", "id"),
            Email = user.Text("email", "email"),
            PasswordHash = user.Text("password_hash", "password_hash"),
            FirstName = user.Text("first_name", "first_name"),
            LastName = user.Text("last_name", "last_name"),
            Phone = user.Text("phone", "phone"),
            Locale = user.Text("locale", "locale"),
            EmailVerified = user.Flag("email_verified", "email_verified"),
            IsActive = user.Flag("is_active", "is_active"),
            Roles = role is null ? user.Texts("roles", "roles") : [role, .. user.Texts("roles", "roles")],
            CreatedAt = user.Time("created_at", "created_at"),
            Metadata = user.Metadata("metadata"),
        };
    }

    private static void RefuseUnknown(FieldReader user)
    {
        var unknown = user
            .Record.EnumerateObject()
            .Select(member => member.Name)
            .Where(name => !ImportedUser.Fields.Contains(name))
            .Take(MaxUnknown + 1)
            .ToList();
        foreach (var name in unknown.Take(MaxUnknown))
            user.Fault($"{(name.Length > LongestName ? name[..LongestName] + "…" : name)} is not a member");
        if (unknown.Count > MaxUnknown)
            user.Fault("further members are not known either");
        if (unknown.Count > 0)
            user.Fault($"known members are {string.Join(", ", ImportedUser.Fields)}");
    }
}
