using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Decides whether a verified access token must be compared with the database again. A token depends on rows: its
/// session must be active, its user must be active, and the permissions are those of the roles now, not those in the
/// token. This cache records which of these rows changed recently. A token that was verified before a change is
/// verified again; all others cost a request nothing. An entry is kept for one token lifetime: older tokens have
/// expired by then.
/// </summary>
public sealed class TokenStateCache : IDisposable
{
    private readonly MemoryCache changed = new(new MemoryCacheOptions());
    private readonly NpgsqlDataSource dataSource;
    private readonly ChangeFeed feed;
    private readonly TimeSpan retention;
    private long changes;

    public TokenStateCache(NpgsqlDataSource dataSource, ChangeFeed feed, ServiceSettings settings)
    {
        this.dataSource = dataSource;
        this.feed = feed;
        retention = settings.AccessTokenLifetime + TimeSpan.FromMinutes(1);
        foreach (var table in new[] { "sessions", "users", "roles", "tenants" }) // a notification of "roles" contains the tenant's id
            feed.Listen(
                table,
                text =>
                {
                    if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var id)) // any database role may send a NOTIFY
                        Revoke(id);
                }
            );
    }

    /// <summary>A point in time. Read it before the rows are queried.</summary>
    public (int? Period, long Change) Now => (feed.Period, Interlocked.Read(ref changes));

    /// <summary>Whether a row that the token depends on may have changed since.</summary>
    public bool MayHaveChanged(Caller caller, (int? Period, long Change) since) =>
        since.Period is null
        || since.Period != feed.Period
        || IsLater(caller.SessionId, since.Change)
        || IsLater(caller.UserId, since.Change)
        || IsLater(caller.TenantId, since.Change);

    /// <summary>
    /// Records the change of a session, a user or a tenant on this instance at once. Other instances receive a change
    /// notification from the database.
    /// </summary>
    public void Revoke(Guid id)
    {
        lock (changed) // otherwise, of two simultaneous changes, the lower number could overwrite the higher
            changed.Set(id, Interlocked.Increment(ref changes), retention);
    }

    /// <summary>Records the end of sessions, after the commit of the change that ended them.</summary>
    public void RevokeAll(IEnumerable<Guid> sessions)
    {
        foreach (var session in sessions)
            Revoke(session);
    }

    /// <summary>Queries the rows, in one round trip.</summary>
    /// <returns>the caller with the present role and permissions; null: the session has ended, or the user is
    /// inactive</returns>
    public async Task<Caller?> Query(Caller caller, CancellationToken cancel)
    {
        var found = await dataSource.QueryAs(
            caller.TenantId,
            new(
                $"""
                SELECT a.role, a.permissions FROM sessions s
                JOIN users u ON u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.is_active
                CROSS JOIN LATERAL {DatabaseFunctions.AccessOfUser}(u.id) a
                WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL
                """
            )
            {
                Parameters = { TenantQueries.Parameter(caller.SessionId), TenantQueries.Parameter(caller.UserId) },
            },
            static row => (Role: row.GetString(0), Permissions: row.GetFieldValue<string[]>(1)),
            cancel
        );
        return found is [var (role, permissions)]
            ? caller with
            {
                Role = role,
                Permissions = permissions.ToFrozenSet(StringComparer.Ordinal),
            }
            : null;
    }

    public void Dispose() => changed.Dispose();

    private bool IsLater(Guid id, long change) => changed.TryGetValue(id, out long last) && last > change;
}
