using System.Globalization;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Redis;

public sealed class RedisTlsTests(Cluster cluster)
{
    /// <summary>
    /// Connections that the server has to see from a client before it is judged: a busy machine makes the first ones
    /// too late.
    /// </summary>
    private const int Attempts = 3;

    [Fact]
    public async Task A_server_is_believed_by_its_certificate_and_name_and_no_other_is_asked()
    {
        using var authority = new Authority();
        using var stranger = new Authority();
        await using var redis = await RedisServer.Begin(authority);
        await using var trusting = await Start(redis.Url + "?sslrootcert=" + Uri.EscapeDataString(authority.RootFile));
        var known = trusting.Services.GetRequiredService<RedisStore>();

        await Eventually.Is(async () => await Answers(known));

        await IsRefused(redis.Url); // the machine trusts no issuer of this certificate
        await IsRefused(redis.Url + "?sslrootcert=" + Uri.EscapeDataString(stranger.RootFile));
        // The certificate names another host.
        await IsRefused(
            redis.Url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)
                + "?sslrootcert="
                + Uri.EscapeDataString(authority.RootFile)
        );

        async Task IsRefused(string url)
        {
            var before = await Connections(known);
            await using var service = await Start(url);
            var store = service.Services.GetRequiredService<RedisStore>();
            await Eventually.Is(async () =>
            {
                (await Answers(store)).ShouldBeFalse(url);
                return store.IsUnavailable && await Connections(known) >= before + Attempts;
            });
        }
    }

    private Task<Service> Start(string url) =>
        cluster.Start(variables => (variables["REDIS_URL"], variables["REDIS_DEADLINE_MS"]) = (url, "1000"));

    private static async Task<bool> Answers(RedisStore store) =>
        await store.Evaluate("return 47", [], []) is { } answer && (int)answer == 47;

    /// <returns>how many connections the server has accepted since it started</returns>
    private static async Task<long> Connections(RedisStore store)
    {
        RedisResult? stats = null;
        await Eventually.Is(async () =>
            (stats = await store.Evaluate("return redis.call('INFO', 'stats')", [], [])) is not null
        );
        var line = stats!
            .ToString()
            .Split('\n')
            .Single(line => line.StartsWith("total_connections_received:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
    }
}
