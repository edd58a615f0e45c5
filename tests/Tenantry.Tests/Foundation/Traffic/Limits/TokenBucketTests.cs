using CsCheck;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Tenantry.Foundation.Traffic.Limits;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>
/// The bucket in the process and the script in Redis are held to one model: tokens, counted out in fractions.
/// </summary>
public sealed class TokenBucketTests
{
    /// <summary>Times are whole microseconds, allowances divide the minute: the model can count exactly.</summary>
    private static readonly Gen<(int Wait, int Which, int Least, int More)[]> Steps = Gen.Select(
        Gen.OneOf(Gen.Const(0), Gen.Int[0, 200_000], Gen.Int[0, 90_000_000]),
        Gen.Int[1, 7],
        Gen.Int[1, 4],
        Gen.Int[0, 30]
    ).Array[1, 60];

    private static readonly Limit[] All =
    [
        new("tenant", "{limits}:a", 60),
        new("address", "{limits}:b", 30),
        new("global", "{limits}:c", 600),
    ];

    [Fact]
    public void The_buckets_of_the_process_do_what_the_model_does() =>
        Steps.Sample(
            steps =>
            {
                var clock = new FakeTimeProvider();
                var (buckets, model) = (new ProcessBuckets(clock), new Model());
                foreach (var (wait, which, least, more) in steps)
                {
                    clock.Advance(TimeSpan.FromMicroseconds(wait));
                    var limits = Chosen(which);
                    var taken = buckets.Take(limits, least, least + more);
                    var (granted, left) = model.Take(wait, limits, least, least + more);
                    taken.Granted.ShouldBe(granted);
                    taken.Left.ShouldBe(left[taken.Shown.Key]);
                    (taken.Wait > 0).ShouldBe(granted == 0);
                }
            },
            iter: 500
        );

    [Fact]
    public async Task The_script_in_Redis_does_what_the_model_does()
    {
        await using var server = await RedisServer.Begin();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { { "127.0.0.1", new Uri(server.Url).Port } } }
        );
        var database = connection.GetDatabase();
        const string script = "local now = tonumber(ARGV[#ARGV])\n" + RedisBuckets.Body;

        await Steps.SampleAsync(
            async steps =>
            {
                var (now, model, run) = (1_700_000_000_000_000L, new Model(), Guid.NewGuid().ToString());
                foreach (var (wait, which, least, more) in steps)
                {
                    now += wait;
                    var limits = Chosen(which);
                    var answer = (double[])
                        (
                            await database.ScriptEvaluateAsync(
                                script,
                                [.. limits.Select(limit => (RedisKey)(limit.Key + run))],
                                [least, least + more, .. limits.Select(limit => (RedisValue)limit.PerMinute), now]
                            )
                        )!;
                    var taken = Taken.Of(limits, answer.AsSpan(1), (int)answer[0], least);
                    var (granted, left) = model.Take(wait, limits, least, least + more);
                    taken.Granted.ShouldBe(granted);
                    taken.Left.ShouldBe(left[taken.Shown.Key]);
                }
            },
            iter: 100,
            threads: 1
        );
    }

    [Fact]
    public void How_long_to_wait_is_neither_too_short_nor_too_long() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Int[1, 50])
            .Sample(
                (perMinute, cost) =>
                {
                    var clock = new FakeTimeProvider();
                    var buckets = new ProcessBuckets(clock);
                    Limit[] limits = [new("tenant", "a", perMinute)];
                    cost = Math.Min(cost, perMinute);
                    while (buckets.Take(limits, cost, cost).Granted > 0) { }
                    var wait = TimeSpan.FromMicroseconds(buckets.Take(limits, cost, cost).Wait);

                    clock.Advance(wait - TimeSpan.FromMicroseconds(100));
                    buckets.Take(limits, cost, cost).Granted.ShouldBe(0);
                    clock.Advance(TimeSpan.FromMicroseconds(200));
                    buckets.Take(limits, cost, cost).Granted.ShouldBe(cost);
                },
                iter: 300
            );

    private static Limit[] Chosen(int which) => [.. All.Where((_, i) => (which & (1 << i)) != 0)];

    /// <summary>
    /// Tokens in each bucket, in units of a sixty-millionth: a request is 60,000,000 of them, and PerMinute of them
    /// come in a microsecond.
    /// </summary>
    private sealed class Model
    {
        private readonly Dictionary<string, Int128> tokens = All.ToDictionary(
            limit => limit.Key,
            limit => (Int128)limit.PerMinute * 60_000_000,
            StringComparer.Ordinal
        );

        public (int Granted, Dictionary<string, int> Left) Take(long wait, Limit[] limits, int least, int most)
        {
            foreach (var limit in All)
                tokens[limit.Key] = Int128.Min(
                    (Int128)limit.PerMinute * 60_000_000,
                    tokens[limit.Key] + ((Int128)wait * limit.PerMinute)
                );
            var granted = (int)Int128.Min(most, limits.Min(limit => tokens[limit.Key] / 60_000_000));
            granted = granted < least ? 0 : granted;
            foreach (var limit in limits)
                tokens[limit.Key] -= (Int128)granted * 60_000_000;
            return (
                granted,
                limits.ToDictionary(
                    limit => limit.Key,
                    limit => (int)(tokens[limit.Key] / 60_000_000),
                    StringComparer.Ordinal
                )
            );
        }
    }
}
