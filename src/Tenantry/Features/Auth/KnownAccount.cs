using System.Net;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth;

/// <summary>The account that a client signs in to, and whether the user signed in from the same place before.</summary>
/// <param name="User">The user; null: the address has no account.</param>
/// <param name="IsFamiliarAddress">Whether the user signed in from this IP address within the last 90 days.</param>
/// <param name="IsFamiliarDevice">The same, with the same user agent.</param>
/// <param name="StandIn">
/// The hash of another user, whose work is done where the address has no account: see <see cref="StandIns"/>.
/// </param>
public sealed record KnownAccount(User? User, bool IsFamiliarAddress, bool IsFamiliarDevice, string? StandIn)
{
    private static readonly TimeSpan FamiliarFor = TimeSpan.FromDays(90);

    /// <summary>
    /// One row with or without an account, after the same work. The stand-in is the first user at or after the pivot,
    /// or the first of all. An invited user has no hash, and is taken all the same: nothing searches for another.
    /// </summary>
    private const string Text = """
        SELECT u.id, u.email, u.email_normalized, u.password_hash, u.first_name, u.last_name, u.phone, u.locale, u.email_verified,
               u.is_active, u.last_login_at, u.created_at, u.updated_at,
               EXISTS (SELECT FROM sessions s WHERE s.tenant_id = $1 AND s.user_id = u.id AND s.address IS NOT DISTINCT FROM $3 AND s.created_at > $5),
               EXISTS (SELECT FROM sessions s WHERE s.tenant_id = $1 AND s.user_id = u.id AND s.address IS NOT DISTINCT FROM $3 AND s.user_agent IS NOT DISTINCT FROM $4 AND s.created_at > $5),
               (SELECT other.password_hash
                  FROM ((SELECT 1 AS place, password_hash FROM users WHERE tenant_id = $1 AND email_normalized >= $6 ORDER BY email_normalized LIMIT 1)
                        UNION ALL
                        (SELECT 2, password_hash FROM users WHERE tenant_id = $1 ORDER BY email_normalized LIMIT 1)) AS other
                 ORDER BY other.place LIMIT 1)
          FROM (VALUES (1)) AS one LEFT JOIN users u ON u.tenant_id = $1 AND u.email_normalized = $2
        """;

    /// <summary>Finds the account of an e-mail address in one round trip.</summary>
    public static async Task<KnownAccount> Find(
        TenantDb db,
        Guid tenant,
        string normalized,
        string pivot,
        IPAddress? address,
        string? userAgent,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var statement = new NpgsqlBatchCommand(Text)
        {
            Parameters =
            {
                Parameter(tenant),
                Parameter(normalized),
                Parameter(address),
                Parameter(userAgent),
                Parameter(now - FamiliarFor),
                Parameter(pivot),
            },
        };
        return (await db.Query(statement, row => Read(row, tenant), cancel)).Single();
    }

    private static KnownAccount Read(NpgsqlDataReader row, Guid tenant) =>
        new(
            row.IsDBNull(0)
                ? null
                : new User
                {
                    TenantId = tenant,
                    Id = row.GetGuid(0),
                    Email = row.GetString(1),
                    EmailNormalized = row.GetString(2),
                    PasswordHash = row.GetStringOrNull(3),
                    FirstName = row.GetStringOrNull(4),
                    LastName = row.GetStringOrNull(5),
                    Phone = row.GetStringOrNull(6),
                    Locale = row.GetStringOrNull(7),
                    EmailVerified = row.GetBoolean(8),
                    IsActive = row.GetBoolean(9),
                    LastLoginAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
                    CreatedAt = row.GetFieldValue<DateTimeOffset>(11),
                    UpdatedAt = row.GetFieldValue<DateTimeOffset>(12),
                },
            row.GetBoolean(13),
            row.GetBoolean(14),
            row.GetStringOrNull(15)
        );
}
