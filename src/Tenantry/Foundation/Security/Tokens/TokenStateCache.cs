using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// An access token rests on rows: its session lives, its user is active, and what the user may do is what the roles say now, not what the token
/// said when it was made. The rows are the truth. This remembers which of them changed lately, in memory: a token that was held against them before
/// a change is held against them again, and all others cost a request nothing. Kept for one token lifetime; by then tokens from before the change have expired by themselves.
/// </summary>
public sealed class TokenStateCache : IDisposable
{
    private readonly MemoryCache changed = new(new MemoryCacheOptions());
    private readonly NpgsqlDataSource dataSource;
    private readonly ChangeFeed feed;
    private readonly TimeSpan kept;
    private long changes;

    public TokenStateCache(NpgsqlDataSource dataSource, ChangeFeed feed, ServiceSettings settings)
    {
        this.dataSource = dataSource;
        this.feed = feed;
        kept = settings.AccessTokenLifetime + TimeSpan.FromMinutes(1);
        foreach (var of in new[] { "sessions", "users", "roles", "tenants" }) // "roles" brings the tenant whose roles they are
            feed.Listen(
                of,
                text =>
                {
                    if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var id)) // any role of the database may NOTIFY
                        Add(id);
                }
            );
    }

    /// <summary>A point in time. Take it before the rows are asked.</summary>
    public (int? Period, long Change) Now => (feed.Period, Interlocked.Read(ref changes));

    /// <summary>Whether something that the token rests on may have changed since.</summary>
    public bool MayHaveChanged(Caller caller, (int? Period, long Change) since) =>
        since.Period is null
        || since.Period != feed.Period
        || IsLater(caller.SessionId, since.Change)
        || IsLater(caller.UserId, since.Change)
        || IsLater(caller.TenantId, since.Change);

    /// <summary>Here at once, for a session, a user or a tenant; the other instances hear of it from the database.</summary>
    public void Add(Guid id)
    {
        lock (changed) // or of two at once the earlier number could be the one that stays
            changed.Set(id, Interlocked.Increment(ref changes), kept);
    }

    /// <summary>Asks the rows, in one round trip.</summary>
    /// <returns>the caller with what they may do now; null: the session is over, or the user is not active</returns>
    public async Task<Caller?> Ask(Caller caller, CancellationToken cancel)
    {
        var found = await dataSource.RowsAs(
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
                Parameters = { QueryAsTenant.Parameter(caller.SessionId), QueryAsTenant.Parameter(caller.UserId) },
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
