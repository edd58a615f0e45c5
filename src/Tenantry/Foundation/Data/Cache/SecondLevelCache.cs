using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Cache;

/// <summary>
/// Redis as the second level of the cache. While it is away nothing is found and nothing kept: the first level and the database go on. What tenants and roles are is believed from here, so each
/// entry is sealed with its key: whoever can write to Redis can neither make one up nor give a tenant what is another's.
/// </summary>
public sealed class SecondLevelCache(RedisStore redis, ServiceSettings settings) : IDistributedCache
{
    private const string Prefix = "tenantry:cache:";

    private readonly byte[] seal = settings.KeyFor("second level of the cache");

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var entry = (byte[]?)
            await redis.Ask(key, static (database, key) => Wrapped(database.StringGetAsync(Prefix + key)));
        if (entry is null || entry.Length < HMACSHA256.HashSizeInBytes)
            return null;
        var value = entry.AsSpan(HMACSHA256.HashSizeInBytes);
        return CryptographicOperations.FixedTimeEquals(entry.AsSpan(0, HMACSHA256.HashSizeInBytes), SealOf(key, value))
            ? value.ToArray()
            : null;
    }

    public async Task SetAsync(
        string key,
        byte[] value,
        DistributedCacheEntryOptions options,
        CancellationToken token = default
    ) =>
        await redis.Ask(
            (key, entry: (byte[])[.. SealOf(key, value), .. value], options),
            static (database, set) =>
                Wrapped(
                    database.StringSetAsync(
                        Prefix + set.key,
                        set.entry,
                        set.options.AbsoluteExpirationRelativeToNow ?? TimeSpan.FromMinutes(1)
                    )
                )
        );

    public async Task RemoveAsync(string key, CancellationToken token = default) =>
        await redis.Ask(key, static (database, key) => Wrapped(database.KeyDeleteAsync(Prefix + key)));

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask; // no entry slides

    // HybridCache asks the asynchronous ones alone.
    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    private byte[] SealOf(string key, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, seal);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(key))); // of one length, so that where it ends is no choice
        hash.AppendData(value);
        return hash.GetHashAndReset();
    }

    private static async Task<RedisResult> Wrapped(Task<RedisValue> value) => RedisResult.Create(await value);

    private static async Task<RedisResult> Wrapped(Task<bool> value) => RedisResult.Create((RedisValue)await value);
}
