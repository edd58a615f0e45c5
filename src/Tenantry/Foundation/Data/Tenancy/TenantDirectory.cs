using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// Finds a tenant by what a request says of it. This is the door that stands before any tenant is known, so it goes through a
/// function that may read just these columns. Answers, the negative ones too, are remembered until some tenant changes.
/// </summary>
public sealed class TenantDirectory : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    // Bounded, and of this process alone: names come from strangers. A caller's own tenant lies in the cache that all share.
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    // Names that nobody has lie apart: whoever makes up many of them pushes out no tenant.
    private readonly MemoryCache unknown = new(new MemoryCacheOptions { SizeLimit = 5_000 });
    private readonly NpgsqlDataSource dataSource;
    private readonly ChangeFeed feed;
    private readonly VersionedCache known;
    private int changes;

    public TenantDirectory(NpgsqlDataSource dataSource, ChangeFeed feed, VersionedCache known)
    {
        (this.dataSource, this.feed, this.known) = (dataSource, feed, known);
        feed.Listen("tenants", _ => Forget());
    }

    /// <summary>The tenant of somebody whose token holds, so that it is none that a stranger made up.</summary>
    public ValueTask<ResolvedTenant?> Of(Caller caller, CancellationToken cancel) =>
        known.Get(
            VersionedCache.TenantOf(caller.TenantId),
            "resolved",
            (Directory: this, caller.TenantId),
            static (ask, cancel) => ask.Directory.Ask(new Key(Id: ask.TenantId), cancel),
            cancel
        );

    public Task<ResolvedTenant?> ById(Guid id, CancellationToken cancel) => Find(new Key(Id: id), cancel);

    public Task<ResolvedTenant?> BySlug(string slug, CancellationToken cancel) => Find(new Key(Slug: slug), cancel);

    public Task<ResolvedTenant?> ByDomain(string domain, CancellationToken cancel) =>
        Find(new Key(Domain: domain), cancel);

    /// <summary>As <c>X-Tenant</c> writes it: a slug or an id.</summary>
    public Task<ResolvedTenant?> ByName(string name, CancellationToken cancel) =>
        Guid.TryParse(name, out var id) ? ById(id, cancel) : BySlug(name.ToLowerInvariant(), cancel);

    /// <summary>Whether some active tenant lists the origin. Remembered like a tenant.</summary>
    public async Task<bool> IsAllowedOrigin(string origin, CancellationToken cancel)
    {
        var (period, change, key) = (
            feed.Period,
            Volatile.Read(ref changes),
            new Key(Origin: origin.ToLowerInvariant())
        );
        if (
            period is not null
            && (cache.TryGetValue(key, out KnownOrigin? known) || unknown.TryGetValue(key, out known))
            && known!.Period == period
            && known.Change == change
        )
            return known.IsAllowed;
        var isAllowed = (
            await dataSource.RowsOfPlatform(
                new($"SELECT {DatabaseFunctions.IsAllowedOrigin}($1)")
                {
                    Parameters = { Parameter(origin.ToLowerInvariant()) },
                },
                static row => row.GetBoolean(0),
                cancel
            )
        )[0];
        if (period is not null)
            (isAllowed ? cache : unknown).Set(
                key,
                new KnownOrigin(isAllowed, period.Value, change),
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept }
            );
        return isAllowed;
    }

    /// <summary>
    /// Drops all that is remembered, after a tenant was made or changed: it has many names, old ones and those that nobody had before
    /// among them, and it happens rarely.
    /// </summary>
    public void Forget(Guid changed)
    {
        known.Changed(VersionedCache.TenantOf(changed));
        Forget();
    }

    private void Forget()
    {
        Interlocked.Increment(ref changes);
        cache.Clear();
        unknown.Clear();
    }

    public void Dispose()
    {
        cache.Dispose();
        unknown.Dispose();
    }

    private async Task<ResolvedTenant?> Find(Key key, CancellationToken cancel)
    {
        // Both are taken before the question: an answer that a change overtook must not outlive it.
        var (period, change) = (feed.Period, Volatile.Read(ref changes));
        if (
            period is not null
            && (cache.TryGetValue(key, out Known? known) || unknown.TryGetValue(key, out known))
            && known!.Period == period
            && known.Change == change
        )
            return known.Tenant;
        var tenant = await Ask(key, cancel);
        if (period is not null)
            (tenant is null ? unknown : cache).Set(
                key,
                new Known(tenant, period.Value, change),
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept }
            );
        return tenant;
    }

    private async Task<ResolvedTenant?> Ask(Key key, CancellationToken cancel)
    {
        var found = await dataSource.RowsOfPlatform(
            new(
                $"SELECT id, slug, name, is_active, subscription_tier, registration, verification_required, mail_on_new_device, session_idle_days, session_days, allowed_origins, rate_limit_per_minute FROM {DatabaseFunctions.ResolveTenant}($1, $2, $3)"
            )
            {
                Parameters = { Parameter(key.Slug), Parameter(key.Domain), Parameter(key.Id) },
            },
            static row => new ResolvedTenant(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                row.GetBoolean(3),
                EnumText.To<SubscriptionTier>(row.GetString(4)),
                EnumText.To<Registration>(row.GetString(5)),
                row.GetBoolean(6),
                row.GetBoolean(7),
                row.IsDBNull(8) ? null : row.GetInt32(8),
                row.IsDBNull(9) ? null : row.GetInt32(9),
                row.GetFieldValue<string[]>(10),
                row.IsDBNull(11) ? null : row.GetInt32(11)
            ),
            cancel
        );
        return found is [var tenant] ? tenant : null;
    }

    private sealed record Known(ResolvedTenant? Tenant, int Period, int Change);

    private sealed record KnownOrigin(bool IsAllowed, int Period, int Change);

    private sealed record Key(string? Slug = null, string? Domain = null, Guid? Id = null, string? Origin = null);
}
