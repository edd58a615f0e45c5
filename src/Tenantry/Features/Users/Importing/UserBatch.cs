using Npgsql;
using Tenantry.Foundation.Data.Database;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Users.Importing;

/// <summary>Writes a few hundred imported users in one statement.</summary>
internal static class UserBatch
{
    /// <summary>Finds users by ux_users_email and pk_users.</summary>
    private const string Search = """
        SELECT u.id, u.email_normalized FROM users AS u WHERE u.tenant_id = $1 AND u.email_normalized = ANY ($2)
        UNION
        SELECT u.id, u.email_normalized FROM users AS u WHERE u.tenant_id = $1 AND u.id = ANY ($3)
        """;

    /// <summary>
    /// A row whose address or id is taken is left out, also where a concurrent transaction takes it: ux_users_email and
    /// ux_users_id decide. The second index covers all tenants, and the statement shows nothing of another tenant's
    /// row.
    /// </summary>
    private const string Insertion = """
        WITH made AS (
            INSERT INTO users (tenant_id, id, email, email_normalized, password_hash, first_name, last_name, phone, locale,
                               metadata, email_verified, is_active, created_at, updated_at)
            SELECT $1, f.id, f.email, f.email_normalized, f.password_hash, f.first_name, f.last_name, f.phone, f.locale,
                   coalesce(f.metadata, '{}')::jsonb, f.email_verified, f.is_active, f.created_at, $2
            FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                        $11::text[], $12::boolean[], $13::boolean[], $14::timestamptz[])
                AS f (id, email, email_normalized, password_hash, first_name, last_name, phone, locale,
                      metadata, email_verified, is_active, created_at)
            ON CONFLICT DO NOTHING
            RETURNING id
        ), granted AS (
            INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_at)
            SELECT $1, g.user_id, g.role_id, $2
            FROM unnest($15::uuid[], $16::uuid[]) AS g (user_id, role_id)
            JOIN made ON made.id = g.user_id
        )
        SELECT id FROM made
        """;

    /// <returns>The ids and addresses of the batch that users of the tenant have.</returns>
    public static async Task<(HashSet<Guid> Ids, HashSet<string> Addresses)> Present(
        TenantDb db,
        Guid tenant,
        IReadOnlyCollection<CheckedUser> users,
        CancellationToken cancel
    )
    {
        var rows = await db.Query(
            new NpgsqlBatchCommand(Search)
            {
                Parameters =
                {
                    Parameter(tenant),
                    Parameter(users.Select(user => user.Normalized).ToArray()),
                    Parameter(users.Select(user => user.Id).ToArray()),
                },
            },
            static row => (Id: row.GetGuid(0), Address: row.GetString(1)),
            cancel
        );
        return (
            rows.Select(row => row.Id).ToHashSet(),
            rows.Select(row => row.Address).ToHashSet(StringComparer.Ordinal)
        );
    }

    /// <param name="db">The tenant's database, in the transaction of the import.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="users">The users, whose ids and addresses differ.</param>
    /// <param name="roles">The ids of the tenant's roles.</param>
    /// <param name="hash">The text to store of a user's hash.</param>
    /// <param name="now">The time of the import.</param>
    /// <param name="cancel">Cancels the statement.</param>
    /// <returns>The ids of the users that were created.</returns>
    public static async Task<HashSet<Guid>> Insert(
        TenantDb db,
        Guid tenant,
        IReadOnlyCollection<CheckedUser> users,
        IReadOnlyDictionary<string, Guid> roles,
        Func<CheckedUser, string?> hash,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var grants = users.SelectMany(user => user.RoleNames.Select(role => (user.Id, Role: roles[role]))).ToList();
        var rows = await db.Query(
            new NpgsqlBatchCommand(Insertion)
            {
                Parameters =
                {
                    Parameter(tenant),
                    Parameter(now),
                    Column(one => one.Id),
                    Column(one => one.User.Email),
                    Column(one => one.Normalized),
                    Column(hash),
                    Column(one => one.User.FirstName),
                    Column(one => one.User.LastName),
                    Column(one => one.User.Phone),
                    Column(one => one.User.Locale is { } tag ? Tag(tag) : null),
                    Column(one => one.User.Metadata?.GetRawText()),
                    Column(one => one.User.EmailVerified ?? false),
                    Column(one => one.User.IsActive ?? true),
                    Column(one => one.User.CreatedAt ?? now),
                    Parameter(grants.Select(grant => grant.Id).ToArray()),
                    Parameter(grants.Select(grant => grant.Role).ToArray()),
                },
            },
            static row => row.GetGuid(0),
            cancel
        );
        return [.. rows];

        NpgsqlParameter<T[]> Column<T>(Func<CheckedUser, T> value) => Parameter(users.Select(value).ToArray());
    }

    private static string? Tag(string locale) => Foundation.Messaging.Templates.Locale.Normalized(locale);
}
