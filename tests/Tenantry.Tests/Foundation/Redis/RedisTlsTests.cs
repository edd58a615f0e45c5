using Tenantry.Foundation.Redis;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Redis;

public sealed class RedisTlsTests(Cluster cluster)
{
    [Fact]
    public async Task A_server_is_believed_by_its_certificate_and_name_and_no_other_is_asked()
    {
        using var authority = new Authority();
        using var stranger = new Authority();
        await using var redis = await RedisServer.Begin(authority);

        (await Answers(redis.Url + "?sslrootcert=" + Uri.EscapeDataString(authority.RootFile))).ShouldBeTrue();
        (await Answers(redis.Url)).ShouldBeFalse(); // nobody that the machine knows has signed it
        (await Answers(redis.Url + "?sslrootcert=" + Uri.EscapeDataString(stranger.RootFile))).ShouldBeFalse();
        (await Answers(redis.Url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal) + "?sslrootcert=" + Uri.EscapeDataString(authority.RootFile))).ShouldBeFalse(); // the certificate is of another name
    }

    private async Task<bool> Answers(string url)
    {
        await using var service = await cluster.Start(variables => (variables["REDIS_URL"], variables["REDIS_DEADLINE_MS"]) = (url, "1000"));
        var store = service.Services.GetRequiredService<RedisStore>();
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(20))
        {
            if (await store.Evaluate("return 47", [], []) is { } answer)
                return (int)answer == 47;
            if (store.IsAway)
                return false;
        }
        throw new InvalidOperationException("Redis is neither there nor away.");
    }
}
