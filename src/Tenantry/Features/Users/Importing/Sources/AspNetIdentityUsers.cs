namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>
/// ASP.NET Core Identity: rows of <c>AspNetUsers</c> as CSV, JSON Lines or an array. Names may be in Pascal, camel or
/// snake case.
/// </summary>
internal static class AspNetIdentityUsers
{
    public static ImportedUser Read(FieldReader user)
    {
        var name = user.Plain("UserName") ?? user.Plain("userName") ?? user.Plain("user_name");
        return new ImportedUser
        {
            Id = user.Text("id", "Id", "id"),
            Email =
                user.Text("email", "Email", "email") ?? user.Unless("email", name?.Contains('@') == true ? name : null),
            PasswordHash = user.Text("password_hash", "PasswordHash", "passwordHash", "password_hash"),
            FirstName = user.Text("first_name", "FirstName", "firstName", "first_name"),
            LastName = user.Text("last_name", "LastName", "lastName", "last_name"),
            Phone = user.Text("phone", "PhoneNumber", "phoneNumber", "phone_number"),
            Locale = user.Text("locale"),
            EmailVerified = user.Flag("email_verified", "EmailConfirmed", "emailConfirmed", "email_confirmed"),
            IsActive = user.Derived("is_active", !IsLockedForGood(user)),
            Roles = user.Texts("roles", "Roles", "roles"),
            CreatedAt = user.Time("created_at", "CreatedAt", "createdAt", "created_at"),
            Metadata = user.Metadata(null),
        };
    }

    /// <summary>
    /// Applications disable a user by a lockout without end. A lockout after wrong passwords lasts minutes.
    /// </summary>
    private static bool IsLockedForGood(FieldReader user) =>
        user.Time("LockoutEnd", "LockoutEnd", "lockoutEnd", "lockout_end") is { } end && end > user.Now.AddDays(365);
}
