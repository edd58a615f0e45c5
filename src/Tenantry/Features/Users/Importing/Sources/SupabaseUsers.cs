using System.Text.Json;

namespace Tenantry.Features.Users.Importing.Sources;

/// <summary>Supabase: rows of <c>auth.users</c> as CSV, as JSON Lines or as an array.</summary>
internal static class SupabaseUsers
{
    public static ImportedUser? Read(FieldReader user)
    {
        if (user.Find("deleted_at") is not null || user.Flag("is_anonymous", "is_anonymous") == true)
            return null;
        const string names = "raw_user_meta_data";
        var described = user.Find(names) is { } value ? FieldReader.ObjectOf(value) : null;
        var (first, last) = ImportSource.Split(Described("full_name") ?? Described("name"));
        var phone = user.Text("phone", "phone");
        return new ImportedUser
        {
            Id = user.Text("id", "id"),
            Email = user.Text("email", "email"),
            PasswordHash = user.Text("password_hash", "encrypted_password"),
            FirstName = user.Derived("first_name", Described("first_name") ?? first),
            LastName = user.Derived("last_name", Described("last_name") ?? last),
            // Supabase stores the number without its plus sign.
            Phone = phone?.All(char.IsAsciiDigit) == true ? "+" + phone : phone,
            Locale = user.Text("locale"),
            EmailVerified = user.Derived("email_verified", user.Find("email_confirmed_at") is not null),
            IsActive = user.Derived("is_active", !IsBanned(user)),
            Roles = user.Texts("roles"),
            CreatedAt = user.Time("created_at", "created_at"),
            Metadata = user.Metadata(null, Parts(user)),
        };

        string? Described(string name) =>
            described?.TryGetProperty(name, out var text) == true && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : null;
    }

    /// <summary>A ban with a far end is permanent. A short one has ended when the user comes here.</summary>
    private static bool IsBanned(FieldReader user) =>
        user.Time("banned_until", "banned_until") is { } until && until > user.Now.AddDays(30);

    private static IEnumerable<(string Name, JsonElement Value)> Parts(FieldReader user) =>
        ImportSource
            .Members(user, "raw_app_meta_data", "raw_user_meta_data")
            .Select(part => (part.Name == "raw_app_meta_data" ? "app_metadata" : "user_metadata", part.Value));
}
