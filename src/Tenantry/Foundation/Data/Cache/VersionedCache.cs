using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Cache;

/// <summary>
/// Caches data that many requests read and few change, in the process and in Redis where it is configured. The key
/// includes the transaction of the last change notification: after it every instance uses another key, and an older
/// value remains under the old key, however late it is written. While notifications do not arrive, nothing is cached.
/// </summary>
public sealed class VersionedCache : IDisposable
{
    public const string MeterName = "Tenantry.Cache";

    /// <summary>Much longer than a change notification usually takes.</summary>
    private static readonly TimeSpan NotificationDelay = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan BypassTime = TimeSpan.FromSeconds(1);

    private static readonly HybridCacheEntryOptions EntryOptions = new()
    {
        Expiration = TimeSpan.FromMinutes(10),
        LocalCacheExpiration = TimeSpan.FromMinutes(2),
    };

    private readonly ConcurrentDictionary<string, Version> versions = new(StringComparer.Ordinal);
    private readonly HybridCache cache;
    private readonly ChangeFeed feed;
    private readonly NpgsqlDataSource dataSource;
    private readonly Counter<long> requests;
    private Bypass bypass = new(0, 0);

    public VersionedCache(HybridCache cache, ChangeFeed feed, NpgsqlDataSource dataSource, IMeterFactory meters)
    {
        (this.cache, this.feed, this.dataSource) = (cache, feed, dataSource);
        requests = meters
            .Create(MeterName)
            .CreateCounter<long>(
                "tenantry.cache.requests",
                description: "Reads through the cache, by outcome: hit, miss, or bypass while change notifications may be missing"
            );
        feed.Listen("roles", (tenant, transaction) => OnChange(RolesScope(tenant), transaction));
        feed.Listen("messages", (tenant, transaction) => OnChange(MessagesScope(tenant), transaction));
        feed.Listen("tenants", (tenant, transaction) => OnChange(TenantScope(tenant), transaction));
    }

    public static string RolesScope(Guid tenant) => RolesScope(tenant.ToString());

    public static string MessagesScope(Guid tenant) => MessagesScope(tenant.ToString());

    public static string TenantScope(Guid tenant) => TenantScope(tenant.ToString());

    /// <summary>Returns a cached value, or loads it.</summary>
    /// <param name="scope">The data that changes together, with the tenant.</param>
    /// <param name="key">The value within the scope.</param>
    /// <param name="state">The argument of <paramref name="load"/>.</param>
    /// <param name="load">Reads the database. Of concurrent callers, one calls it.</param>
    /// <param name="cancel">Ends the wait of this caller alone.</param>
    public async ValueTask<T> Get<TState, T>(
        string scope,
        string key,
        TState state,
        Func<TState, CancellationToken, Task<T>> load,
        CancellationToken cancel
    )
    {
        if (
            feed.Coverage is not { } coverage
            || IsBypassed(coverage.Period)
            || (versions.TryGetValue(scope, out var version) && version.HasOwnChange)
        )
        {
            Count(scope, "bypass");
            return await load(state, cancel);
        }
        var transaction = version?.Period == coverage.Period ? version.Transaction : null;
        var entryKey = $"{scope}:{transaction ?? "0"}:{key}";
        var call = new Call<TState, T>(this, state, load);
        var entry = await cache.GetOrCreateAsync(
            entryKey,
            call,
            static (call, cancel) => call.Load(cancel),
            EntryOptions,
            cancellationToken: cancel
        );
        if (transaction is null && entry.SeesAllBefore < coverage.Horizon)
        {
            // Read before this instance received notifications: it may have missed a change.
            await cache.RemoveAsync(entryKey, cancel);
            entry = await cache.GetOrCreateAsync(
                entryKey,
                call,
                static (call, cancel) => call.Load(cancel),
                EntryOptions,
                cancellationToken: cancel
            );
            if (entry.SeesAllBefore < coverage.Horizon)
            {
                // A transaction from before that is still open. For a while nothing can be cached, and each request
                // reads the database.
                Volatile.Write(
                    ref bypass,
                    new Bypass(coverage.Period, Environment.TickCount64 + (long)BypassTime.TotalMilliseconds)
                );
                entry = await call.Load(cancel);
            }
        }
        Count(scope, call.HasLoaded ? "miss" : "hit");
        return entry.Value;
    }

    /// <summary>
    /// Bypasses the cache for a moment after a change of this instance: its notification is still on its way, and the
    /// caller must read the change at once.
    /// </summary>
    public void Invalidate(string scope) =>
        versions.AddOrUpdate(
            scope,
            _ => new Version(0, null, Environment.TickCount64),
            (_, version) => version with { ChangedAt = Environment.TickCount64 }
        );

    public void Dispose() => versions.Clear();

    private static string RolesScope(string tenant) => "roles:" + tenant;

    private static string MessagesScope(string tenant) => "messages:" + tenant;

    private static string TenantScope(string tenant) => "tenant:" + tenant;

    private void OnChange(string scope, string transaction)
    {
        var period = feed.NotificationPeriod;
        versions.AddOrUpdate(
            scope,
            _ => new Version(period, transaction, 0),
            (_, version) => version with { Period = period, Transaction = transaction }
        );
    }

    private bool IsBypassed(int period) =>
        Volatile.Read(ref bypass) is var last && last.Period == period && Environment.TickCount64 < last.Until;

    private void Count(string scope, string outcome) =>
        requests.Add(1, new("kind", scope[..scope.IndexOf(':', StringComparison.Ordinal)]), new("outcome", outcome));

    /// <summary>The oldest running transaction: a read that begins now sees all earlier ones.</summary>
    private async Task<long> Horizon(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        );
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The time until which nothing is cached in a period.</summary>
    private sealed record Bypass(int Period, long Until);

    private sealed record Version(int Period, string? Transaction, long ChangedAt)
    {
        public bool HasOwnChange =>
            ChangedAt > 0 && Environment.TickCount64 - ChangedAt < NotificationDelay.TotalMilliseconds;
    }

    private sealed class Call<TState, T>(
        VersionedCache owner,
        TState state,
        Func<TState, CancellationToken, Task<T>> load
    )
    {
        public bool HasLoaded { get; private set; }

        public async ValueTask<Entry<T>> Load(CancellationToken cancel)
        {
            HasLoaded = true;
            var horizon = await owner.Horizon(cancel); // before the read, so that it is never later than what the read saw
            return new Entry<T>(horizon, await load(state, cancel));
        }
    }

    /// <summary>Immutable: all callers get the same instance.</summary>
    [ImmutableObject(true)]
    internal sealed record Entry<T>(long SeesAllBefore, T Value);
}
