using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>Whether a user can sign in, and if not, why not.</summary>
public enum UserStatus
{
    Active,
    Invited,

    /// <summary>The tenant demands a verified address, and the user has not proved it.</summary>
    Unverified,
    Deactivated,
}

/// <summary>A role that is assigned to a user.</summary>
/// <param name="Id">The id of the role.</param>
/// <param name="Name">The name of the role.</param>
public sealed record AssignedRole(Guid Id, string Name)
{
    /// <summary>
    /// Sorts roles by name. The order of the database depends on its collation, which differs between machines.
    /// </summary>
    public static IReadOnlyList<AssignedRole> ByName(IEnumerable<AssignedRole> roles) =>
        [.. roles.OrderBy(role => role.Name, StringComparer.Ordinal)];
}

/// <summary>A user and its roles, read in one round trip.</summary>
public sealed record UserWithRoles(User User, List<AssignedRole> Assigned)
{
    /// <summary>
    /// The roles, sorted by name. Sorted on access: EF fills the list after it has created the record.
    /// </summary>
    public IReadOnlyList<AssignedRole> Roles => AssignedRole.ByName(Assigned);
}

/// <summary>A user of the tenant.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="FirstName">The user's first name.</param>
/// <param name="LastName">The user's last name.</param>
/// <param name="Phone">The user's telephone number in E.164 format.</param>
/// <param name="Locale">The language of messages to the user. Null: the language of the tenant.</param>
/// <param name="Status">Whether the user can sign in, and if not, why not.</param>
/// <param name="EmailVerified">Whether the user has verified the e-mail address.</param>
/// <param name="IsActive">Whether the user is active. A deactivated user cannot sign in.</param>
/// <param name="Roles">The user's roles, sorted by name.</param>
/// <param name="Metadata">A JSON object for your own use. <c>GET auth/me</c> does not contain it.</param>
/// <param name="LastLoginAt">The time of the last sign-in.</param>
/// <param name="CreatedAt">The time when the user was created.</param>
/// <param name="UpdatedAt">The time of the last change.</param>
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
    IReadOnlyList<AssignedRole> Roles,
    [JsonShape] JsonElement Metadata,
    DateTimeOffset? LastLoginAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<UserDocument>
{
    public static UserDocument Of(User user, IReadOnlyList<AssignedRole> roles) =>
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
            user.Metadata,
            user.LastLoginAt,
            user.CreatedAt,
            user.UpdatedAt
        );

    /// <summary>
    /// The document as the tenant's rules make it: an address that it demands to be verified blocks the user.
    /// </summary>
    public UserDocument In(ResolvedTenant tenant) =>
        tenant.VerificationRequired && Status == UserStatus.Active && !EmailVerified
            ? this with
            {
                Status = UserStatus.Unverified,
            }
            : this;

    /// <summary>The tag covers the roles, too: renaming a role does not change the version of the user's row.</summary>
    public static EntityTagHeaderValue TagOf(uint version, IReadOnlyList<AssignedRole> roles) =>
        ETag.Of(version, ETag.Digest(roles.Select(role => $"{role.Id} {role.Name}")));

    /// <summary>Reads the user's roles, and returns the document.</summary>
    public static async Task<UserDocument> Of(TenantDb db, User user, CancellationToken cancel) =>
        Of(
            user,
            (await WithRoles(db, db.Set<User>().Where(u => u.Id == user.Id)).SingleOrDefaultAsync(cancel))?.Roles ?? []
        );

    /// <summary>Reads users and their roles in one round trip.</summary>
    public static IQueryable<UserWithRoles> WithRoles(TenantDb db, IQueryable<User> users) =>
        users
            .AsNoTracking()
            .Select(user => new UserWithRoles(
                user,
                db.Set<UserRole>()
                    .Where(assigned => assigned.UserId == user.Id)
                    .Join(db.Set<Role>(), assigned => assigned.RoleId, role => role.Id, (_, role) => role)
                    .Select(role => new AssignedRole(role.Id, role.Name))
                    .ToList()
            ));

    /// <summary>
    /// The columns of <c>users AS u</c> that <see cref="Read"/> reads, in its order: all but the metadata, which
    /// <c>GET auth/me</c> does not show.
    /// </summary>
    internal const string Columns =
        "u.id, u.email, u.first_name, u.last_name, u.phone, u.locale, u.email_verified, u.is_active, u.password_hash IS NULL, u.last_login_at, u.created_at, u.updated_at";

    /// <summary>The number of <see cref="Columns"/>.</summary>
    internal const int ColumnCount = 12;

    /// <summary>Reads a row that was queried without EF. The document has no roles and no metadata.</summary>
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
            User.NoMetadata,
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
            [new AssignedRole(Guid.Parse("019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"), SystemRoles.User)],
            JsonElement.Parse("""{"department":"Engines"}"""),
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero)
        );
}
