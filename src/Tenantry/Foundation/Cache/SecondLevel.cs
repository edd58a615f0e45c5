using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;
using Tenantry.Foundation.Redis;

namespace Tenantry.Foundation.Cache;

/// <summary>Redis as the second level of the cache. While it is away nothing is found and nothing kept: the first level and the database go on.</summary>
public sealed class SecondLevel(RedisStore redis) : IDistributedCache
{
    private const string Prefix = "tenantry:cache:";

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        (byte[]?)await redis.Ask(key, static (database, key) => Wrapped(database.StringGetAsync(Prefix + key)));

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        await redis.Ask((key, value, options), static (database, set) =>
            Wrapped(database.StringSetAsync(Prefix + set.key, set.value, set.options.AbsoluteExpirationRelativeToNow ?? TimeSpan.FromMinutes(1))));

    public async Task RemoveAsync(string key, CancellationToken token = default) =>
        await redis.Ask(key, static (database, key) => Wrapped(database.KeyDeleteAsync(Prefix + key)));

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask; // no entry slides

    // HybridCache asks the asynchronous ones alone.
    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    private static async Task<RedisResult> Wrapped(Task<RedisValue> value) => RedisResult.Create(await value);

    private static async Task<RedisResult> Wrapped(Task<bool> value) => RedisResult.Create((RedisValue)await value);
}
