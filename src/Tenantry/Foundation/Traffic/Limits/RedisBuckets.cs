using StackExchange.Redis;
using Tenantry.Foundation.Data.Redis;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// The buckets that all instances share. One script reads the buckets of a request and takes from all or none of them,
/// by
/// the clock of Redis. The keys share a hash tag: in a cluster, a script may use only one slot, and every request uses
/// the
/// global bucket.
/// </summary>
public sealed class RedisBuckets(RedisStore redis)
{
    public const string HashTag = "{limits}:";

    /// <summary>The time in microseconds. Tests replace it with another clock.</summary>
    internal const string Clock = "local time = redis.call('TIME'); local now = time[1] * 1000000 + time[2]";

    // KEYS: the buckets. ARGV: the least and the most to take, then the capacity of each bucket.
    internal const string Body = """
        local window, hair = 60000000, 1e-6
        local least, granted = tonumber(ARGV[1]), tonumber(ARGV[2])
        local full = {}
        for i = 1, #KEYS do
            full[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or 0) - now, 0)
            granted = math.min(granted, math.floor((window - full[i]) / (window / ARGV[i + 2]) + hair))
        end
        if granted < least then granted = 0 end
        local answer = { granted }
        for i = 1, #KEYS do
            if granted > 0 then
                full[i] = full[i] + granted * (window / ARGV[i + 2])
                redis.call('SET', KEYS[i], string.format('%.17g', now + full[i]), 'PX', math.ceil(full[i] / 1000) + 1)
            end
            answer[i + 1] = math.ceil(full[i])
        end
        return answer
        """;

    private const string Script = Clock + "\n" + Body;

    public bool IsUsed => redis.IsConfigured;

    /// <returns>how many requests are granted, then the microseconds until each bucket is full; null: Redis did not
    /// answer in time</returns>
    public async ValueTask<double[]?> Take(IReadOnlyList<Limit> limits, int least, int most)
    {
        var (keys, values) = (new RedisKey[limits.Count], new RedisValue[limits.Count + 2]);
        (values[0], values[1]) = (least, most);
        for (var i = 0; i < limits.Count; i++)
            (keys[i], values[i + 2]) = (limits[i].Key, limits[i].PerMinute);
        return (double[]?)await redis.Evaluate(Script, keys, values);
    }
}
