using System.Text.Json;

namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>Firebase Authentication: the JSON of <c>firebase auth:export</c>.</summary>
internal static class FirebaseUsers
{
    public static ImportedUser? Read(FieldReader user)
    {
        if (IsAnonymous(user))
            return null;
        var (first, last) = ImportSource.Split(user.Plain("displayName"));
        return new ImportedUser
        {
            Id = user.Text("id", "localId"),
            Email = user.Text("email", "email"),
            PasswordHash = user.Text("password_hash", "passwordHash"),
            PasswordSalt = user.Unless("password_hash", user.Plain("salt")),
            FirstName = user.Derived("first_name", first),
            LastName = user.Derived("last_name", last),
            Phone = user.Text("phone", "phoneNumber"),
            Locale = user.Text("locale"),
            EmailVerified = user.Flag("email_verified", "emailVerified"),
            IsActive = user.Derived("is_active", !user.Flag("disabled", "disabled")),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "createdAt"),
            Metadata = user.Metadata("customAttributes"),
        };
    }

    /// <summary>An account that an app creates before its user signs up: nothing identifies a person.</summary>
    private static bool IsAnonymous(FieldReader user) =>
        user.Find("email") is null
        && user.Find("phoneNumber") is null
        && (
            user.Find("providerUserInfo") is not { ValueKind: JsonValueKind.Array } providers
            || providers.GetArrayLength() == 0
        );
}
