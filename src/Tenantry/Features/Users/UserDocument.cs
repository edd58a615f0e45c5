using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>Whether a user can sign in, and if not, why.</summary>
public enum UserStatus
{
    Active,
    Invited,
    Deactivated,
}

/// <summary>A role, as a user has it.</summary>
public sealed record RoleOfUser(Guid Id, string Name)
{
    /// <summary>As they are shown, wherever they come from: the order of the database's language would be another on another machine.</summary>
    public static IReadOnlyList<RoleOfUser> ByName(IEnumerable<RoleOfUser> roles) =>
        [.. roles.OrderBy(role => role.Name, StringComparer.Ordinal)];
}

public sealed record UserWithRoles(User User, List<RoleOfUser> Assigned)
{
    /// <summary>By name.</summary>
    public IReadOnlyList<RoleOfUser> Roles => RoleOfUser.ByName(Assigned); // when asked: EF fills the list after it has made this
}

/// <summary>A user, as the API shows one.</summary>
public sealed record UserDocument(
    Guid Id,
    string Email,
    string? FirstName,
    string? LastName,
    string? Phone,
    string? Locale,
    UserStatus Status,
    bool EmailVerified,
    bool IsActive,
    IReadOnlyList<RoleOfUser> Roles,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<UserDocument>
{
    public static UserDocument Of(User user, IReadOnlyList<RoleOfUser> roles) =>
        new(
            user.Id,
            user.Email,
            user.FirstName,
            user.LastName,
            user.Phone,
            user.Locale,
            StatusOf(user.IsActive, user.IsInvited),
            user.EmailVerified,
            user.IsActive,
            roles,
            user.LastLoginAt,
            user.CreatedAt,
            user.UpdatedAt
        );

    /// <summary>The roles that are shown are rows of their own, which are renamed without the user's knowing.</summary>
    public static EntityTagHeaderValue TagOf(uint version, IReadOnlyList<RoleOfUser> roles) =>
        ETag.Of(version, ETag.Digest(roles.Select(role => $"{role.Id} {role.Name}")));

    /// <summary>With the user's roles, by name.</summary>
    public static async Task<UserDocument> Of(TenantDb db, User user, CancellationToken cancel) =>
        Of(
            user,
            (await WithRoles(db, db.Set<User>().Where(u => u.Id == user.Id)).SingleOrDefaultAsync(cancel))?.Roles ?? []
        );

    /// <summary>Users and their roles in one round trip.</summary>
    public static IQueryable<UserWithRoles> WithRoles(TenantDb db, IQueryable<User> users) =>
        users
            .AsNoTracking()
            .Select(user => new UserWithRoles(
                user,
                db.Set<UserRole>()
                    .Where(assigned => assigned.UserId == user.Id)
                    .Join(db.Set<Role>(), assigned => assigned.RoleId, role => role.Id, (_, role) => role)
                    .Select(role => new RoleOfUser(role.Id, role.Name))
                    .ToList()
            ));

    /// <summary>What <see cref="Read"/> needs of <c>users AS u</c>, in its order.</summary>
    internal const string Columns =
        "u.id, u.email, u.first_name, u.last_name, u.phone, u.locale, u.email_verified, u.is_active, u.password_hash IS NULL, u.last_login_at, u.created_at, u.updated_at";

    /// <summary>How many those are.</summary>
    internal const int ColumnCount = 12;

    /// <summary>Of a row that was read without EF, without roles.</summary>
    internal static UserDocument Read(NpgsqlDataReader row)
    {
        var isActive = row.GetBoolean(7);
        return new(
            row.GetGuid(0),
            row.GetString(1),
            row.GetStringOrNull(2),
            row.GetStringOrNull(3),
            row.GetStringOrNull(4),
            row.GetStringOrNull(5),
            StatusOf(isActive, isInvited: row.GetBoolean(8)),
            row.GetBoolean(6),
            isActive,
            [],
            row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            row.GetFieldValue<DateTimeOffset>(10),
            row.GetFieldValue<DateTimeOffset>(11)
        );
    }

    private static UserStatus StatusOf(bool isActive, bool isInvited) =>
        !isActive ? UserStatus.Deactivated
        : isInvited ? UserStatus.Invited
        : UserStatus.Active;

    public static UserDocument Example =>
        new(
            Guid.Parse("019a8f3e-6c00-7d31-9f2a-6d1c0e5b7a42"),
            "ada@example.com",
            "Ada",
            "Lovelace",
            null,
            "en",
            UserStatus.Active,
            true,
            true,
            [new RoleOfUser(Guid.Parse("019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"), SystemRoles.User)],
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero)
        );
}
