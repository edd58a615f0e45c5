using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Cache;

/// <summary>
/// Redis as the second level of the cache. While Redis is unavailable, the first level and the database continue alone.
/// Tenants and roles are read from here, so each entry has an HMAC over its key and value: an attacker with write
/// access to Redis can neither forge an entry nor give one tenant the entry of another.
/// </summary>
public sealed class SecondLevelCache(RedisStore redis, ServiceSettings settings) : IDistributedCache
{
    private const string Prefix = "tenantry:cache:";

    private readonly byte[] macKey = settings.KeyFor("second level of the cache");

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var entry = (byte[]?)
            await redis.Ask(key, static (database, key) => Wrapped(database.StringGetAsync(Prefix + key)));
        if (entry is null || entry.Length < HMACSHA256.HashSizeInBytes)
            return null;
        var value = entry.AsSpan(HMACSHA256.HashSizeInBytes);
        return CryptographicOperations.FixedTimeEquals(entry.AsSpan(0, HMACSHA256.HashSizeInBytes), Mac(key, value))
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
            (key, entry: (byte[])[.. Mac(key, value), .. value], options),
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

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask; // no entry has a sliding expiration

    // HybridCache uses the asynchronous methods only.
    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) =>
        throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    private byte[] Mac(string key, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, macKey);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(key))); // a fixed length, so that an attacker cannot move the end of the key
        hash.AppendData(value);
        return hash.GetHashAndReset();
    }

    private static async Task<RedisResult> Wrapped(Task<RedisValue> value) => RedisResult.Create(await value);

    private static async Task<RedisResult> Wrapped(Task<bool> value) => RedisResult.Create((RedisValue)await value);
}
