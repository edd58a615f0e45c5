using Tenantry.Foundation.Http;

namespace Tenantry.Features.Users;

/// <summary>Whether a user can sign in, and if not, why.</summary>
public enum UserStatus { Active, Invited, Deactivated }

/// <summary>A user, as the API shows one.</summary>
public sealed record UserDocument(
    Guid Id, string Email, string? FirstName, string? LastName, string? Phone, UserStatus Status, bool EmailVerified, bool IsActive,
    DateTimeOffset? LastLoginAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt) : IExample<UserDocument>
{
    public static UserDocument Of(User user) => new(
        user.Id, user.Email, user.FirstName, user.LastName, user.Phone, StatusOf(user), user.EmailVerified, user.IsActive, user.LastLoginAt, user.CreatedAt, user.UpdatedAt);

    private static UserStatus StatusOf(User user) => !user.IsActive ? UserStatus.Deactivated : user.IsInvited ? UserStatus.Invited : UserStatus.Active;

    public static UserDocument Example => new(
        Guid.Parse("019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"), "ada@example.com", "Ada", "Lovelace", null, UserStatus.Active, true, true,
        new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero));
}
