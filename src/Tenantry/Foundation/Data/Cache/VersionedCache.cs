using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Cache;

/// <summary>
/// What many requests read and few change, kept in the process and, where there is one, in Redis. The key carries the last change that the database told of (its transaction):
/// after the news every instance asks under another key, and what was read before it lies under the old one, however late it is written. While the news are not heard, nothing is kept.
/// </summary>
public sealed class VersionedCache : IDisposable
{
    public const string MeterName = "Tenantry.Cache";

    /// <summary>Far longer than news take as a rule.</summary>
    private static readonly TimeSpan NewsTake = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Doubted = TimeSpan.FromSeconds(1);

    private static readonly HybridCacheEntryOptions Kept = new()
    {
        Expiration = TimeSpan.FromMinutes(10),
        LocalCacheExpiration = TimeSpan.FromMinutes(2),
    };

    private readonly ConcurrentDictionary<string, Version> versions = new(StringComparer.Ordinal);
    private readonly HybridCache cache;
    private readonly ChangeFeed feed;
    private readonly NpgsqlDataSource dataSource;
    private readonly Counter<long> requests;
    private Doubt unbelievable = new(0, 0);

    public VersionedCache(HybridCache cache, ChangeFeed feed, NpgsqlDataSource dataSource, IMeterFactory meters)
    {
        (this.cache, this.feed, this.dataSource) = (cache, feed, dataSource);
        requests = meters
            .Create(MeterName)
            .CreateCounter<long>(
                "tenantry.cache.requests",
                description: "Reads of what is cached, by outcome: hit, miss, or bypass while news may be missing"
            );
        feed.Listen("roles", (tenant, transaction) => Heard(RolesOf(tenant), transaction));
        feed.Listen("messages", (tenant, transaction) => Heard(MessagesOf(tenant), transaction));
        feed.Listen("tenants", (tenant, transaction) => Heard(TenantOf(tenant), transaction));
    }

    public static string RolesOf(Guid tenant) => RolesOf(tenant.ToString());

    public static string MessagesOf(Guid tenant) => MessagesOf(tenant.ToString());

    public static string TenantOf(Guid tenant) => TenantOf(tenant.ToString());

    /// <param name="scope">what changes together; it carries the tenant</param>
    /// <param name="key">what of it</param>
    /// <param name="state">for <paramref name="load"/></param>
    /// <param name="load">asks the database; of many who need it at once, one does</param>
    /// <param name="cancel">only this one's waiting</param>
    public async ValueTask<T> Get<TState, T>(
        string scope,
        string key,
        TState state,
        Func<TState, CancellationToken, Task<T>> load,
        CancellationToken cancel
    )
    {
        if (
            feed.Since is not { } since
            || IsInDoubt(since.Period)
            || (versions.TryGetValue(scope, out var version) && version.IsOwnAndUnderWay)
        )
        {
            Count(scope, "bypass");
            return await load(state, cancel);
        }
        var heard = version?.Period == since.Period ? version.Transaction : null;
        var place = $"{scope}:{heard ?? "0"}:{key}";
        var call = new Call<TState, T>(this, state, load);
        var entry = await cache.GetOrCreateAsync(
            place,
            call,
            static (call, cancel) => call.Load(cancel),
            Kept,
            cancellationToken: cancel
        );
        if (heard is null && entry.SeesAllBefore < since.Horizon)
        {
            // From before this instance listened: something may have changed that it never heard of.
            await cache.RemoveAsync(place, cancel);
            entry = await cache.GetOrCreateAsync(
                place,
                call,
                static (call, cancel) => call.Load(cancel),
                Kept,
                cancellationToken: cancel
            );
            if (entry.SeesAllBefore < since.Horizon)
            {
                // Somebody has been writing since before that, and goes on: for a while nothing that is read can be kept, and each reads by itself.
                Volatile.Write(
                    ref unbelievable,
                    new Doubt(since.Period, Environment.TickCount64 + (long)Doubted.TotalMilliseconds)
                );
                entry = await call.Load(cancel);
            }
        }
        Count(scope, call.HasLoaded ? "miss" : "hit");
        return entry.Value;
    }

    /// <summary>After a change of one's own: the news of it are still under way, and whoever made it reads it at once.</summary>
    public void Changed(string scope) =>
        versions.AddOrUpdate(
            scope,
            _ => new Version(0, null, Environment.TickCount64),
            (_, known) => known with { ChangedAt = Environment.TickCount64 }
        );

    public void Dispose() => versions.Clear();

    private static string RolesOf(string tenant) => "roles:" + tenant;

    private static string MessagesOf(string tenant) => "messages:" + tenant;

    private static string TenantOf(string tenant) => "tenant:" + tenant;

    private void Heard(string scope, string transaction)
    {
        var period = feed.PeriodOfNews;
        versions.AddOrUpdate(
            scope,
            _ => new Version(period, transaction, 0),
            (_, known) => known with { Period = period, Transaction = transaction }
        );
    }

    private bool IsInDoubt(int period) =>
        Volatile.Read(ref unbelievable) is var doubt && doubt.Period == period && Environment.TickCount64 < doubt.Until;

    private void Count(string scope, string outcome) =>
        requests.Add(1, new("kind", scope[..scope.IndexOf(':', StringComparison.Ordinal)]), new("outcome", outcome));

    /// <summary>All transactions before this one are over: what is read now sees them.</summary>
    private async Task<long> Horizon(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        );
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Until when nothing that is read in a period can be kept.</summary>
    private sealed record Doubt(int Period, long Until);

    private sealed record Version(int Period, string? Transaction, long ChangedAt)
    {
        public bool IsOwnAndUnderWay =>
            ChangedAt > 0 && Environment.TickCount64 - ChangedAt < NewsTake.TotalMilliseconds;
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
            var horizon = await owner.Horizon(cancel); // before it is read: never later than what was seen
            return new Entry<T>(horizon, await load(state, cancel));
        }
    }

    /// <summary>Nobody changes it: one instance of it is handed to all.</summary>
    [ImmutableObject(true)]
    internal sealed record Entry<T>(long SeesAllBefore, T Value);
}
