using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// Finds a tenant by slug, id or domain. No tenant is in context yet, so it uses a cross-tenant function that can read
/// just these columns. Results, also negative ones, are cached until any tenant changes.
/// </summary>
public sealed class TenantDirectory : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Bounded, and in this process alone: anonymous clients choose the names. The tenant of a signed-in caller is in
    // the shared cache.
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 50_000 });

    // Unknown names have a cache of their own: an attacker who invents many of them evicts no tenant.
    private readonly MemoryCache negative = new(new MemoryCacheOptions { SizeLimit = 5_000 });
    private readonly NpgsqlDataSource dataSource;
    private readonly ChangeFeed feed;
    private readonly VersionedCache shared;
    private int changeCount;

    public TenantDirectory(NpgsqlDataSource dataSource, ChangeFeed feed, VersionedCache shared)
    {
        (this.dataSource, this.feed, this.shared) = (dataSource, feed, shared);
        feed.Listen("tenants", _ => Invalidate());
    }

    /// <summary>
    /// The tenant of a caller whose token is valid, and so not a name that an anonymous client invented.
    /// </summary>
    public ValueTask<ResolvedTenant?> OfCaller(Caller caller, CancellationToken cancel) =>
        shared.Get(
            VersionedCache.TenantScope(caller.TenantId),
            "resolved",
            (Directory: this, caller.TenantId),
            static (state, cancel) => state.Directory.Load(new Key(Id: state.TenantId), cancel),
            cancel
        );

    public Task<ResolvedTenant?> ById(Guid id, CancellationToken cancel) => Find(new Key(Id: id), cancel);

    public Task<ResolvedTenant?> BySlug(string slug, CancellationToken cancel) => Find(new Key(Slug: slug), cancel);

    public Task<ResolvedTenant?> ByDomain(string domain, CancellationToken cancel) =>
        Find(new Key(Domain: domain), cancel);

    /// <summary>Finds a tenant by the value of <c>X-Tenant</c>: a slug or an id.</summary>
    public Task<ResolvedTenant?> ByName(string name, CancellationToken cancel) =>
        Guid.TryParse(name, out var id) ? ById(id, cancel) : BySlug(name.ToLowerInvariant(), cancel);

    /// <summary>Whether a tenant lists the origin. Cached like a tenant.</summary>
    public async Task<bool> IsAllowedOrigin(string origin, CancellationToken cancel)
    {
        var (period, change, key) = (
            feed.Period,
            Volatile.Read(ref changeCount),
            new Key(Origin: origin.ToLowerInvariant())
        );
        if (
            period is not null
            && (cache.TryGetValue(key, out CachedOrigin? cached) || negative.TryGetValue(key, out cached))
            && cached!.Period == period
            && cached.Change == change
        )
            return cached.IsAllowed;
        var isAllowed = (
            await dataSource.QueryAsPlatform(
                new($"SELECT {DatabaseFunctions.IsAllowedOrigin}($1)")
                {
                    Parameters = { Parameter(origin.ToLowerInvariant()) },
                },
                static row => row.GetBoolean(0),
                cancel
            )
        )[0];
        if (period is not null)
            (isAllowed ? cache : negative).Set(
                key,
                new CachedOrigin(isAllowed, period.Value, change),
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime }
            );
        return isAllowed;
    }

    /// <summary>
    /// Clears the caches after a tenant was created or changed. A tenant has several names, old and formerly unknown
    /// ones among them, and changes are rare.
    /// </summary>
    public void Invalidate(Guid changed)
    {
        shared.Invalidate(VersionedCache.TenantScope(changed));
        Invalidate();
    }

    private void Invalidate()
    {
        Interlocked.Increment(ref changeCount);
        cache.Clear();
        negative.Clear();
    }

    public void Dispose()
    {
        cache.Dispose();
        negative.Dispose();
    }

    private async Task<ResolvedTenant?> Find(Key key, CancellationToken cancel)
    {
        // Both are read before the database: a result that is older than a change must not be cached after it.
        var (period, change) = (feed.Period, Volatile.Read(ref changeCount));
        if (
            period is not null
            && (cache.TryGetValue(key, out CachedTenant? cached) || negative.TryGetValue(key, out cached))
            && cached!.Period == period
            && cached.Change == change
        )
            return cached.Tenant;
        var tenant = await Load(key, cancel);
        if (period is not null)
            (tenant is null ? negative : cache).Set(
                key,
                new CachedTenant(tenant, period.Value, change),
                new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime }
            );
        return tenant;
    }

    private async Task<ResolvedTenant?> Load(Key key, CancellationToken cancel)
    {
        var found = await dataSource.QueryAsPlatform(
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
                EnumText.Parse<SubscriptionTier>(row.GetString(4)),
                EnumText.Parse<Registration>(row.GetString(5)),
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

    private sealed record CachedTenant(ResolvedTenant? Tenant, int Period, int Change);

    private sealed record CachedOrigin(bool IsAllowed, int Period, int Change);

    private sealed record Key(string? Slug = null, string? Domain = null, Guid? Id = null, string? Origin = null);
}
