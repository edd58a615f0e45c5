using System.Diagnostics.Metrics;
using System.Text;
using StackExchange.Redis;
using Tenantry.Foundation.Data.Cache;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Cache;

/// <summary>What is cached is never older than the news; with Redis as a second level and without.</summary>
public sealed class VersionedCacheTests(Cluster cluster)
{
    public static TheoryData<bool> WithAndWithout => new() { false, true };

    [Theory, MemberData(nameof(WithAndWithout))]
    public async Task Unchanged_roles_are_read_without_the_database(bool withRedis)
    {
        await using var redis = withRedis ? await RedisServer.Begin() : null;
        await using var service = await cluster.Start(Using(redis));
        var (_, _, admin) = await service.NewTenant();
        await service.Remembers(admin);
        using var statements = new Statements(service.Database);

        (await admin.Get("roles")).Items().Count.ShouldBe(4);
        (await admin.Get("roles?name=Admin")).Items().Count.ShouldBe(1);

        statements.Heard.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(WithAndWithout))]
    public async Task A_change_is_read_at_once_where_it_was_made_and_a_moment_later_everywhere(bool withRedis)
    {
        await using var redis = withRedis ? await RedisServer.Begin() : null;
        await using var one = await cluster.Start(Using(redis));
        await using var two = await cluster.Start(one.Database, Using(redis));
        var (slug, _, admin) = await one.NewTenant();
        var elsewhere = two.At(slug).With(admin.Token);
        var id = (await admin.Post("roles", new { name = "First" })).Json["id"]!.GetValue<Guid>();

        for (var i = 0; i < 25; i++)
        {
            var name = $"Name {i}";
            await elsewhere.Get($"roles/{id}"); // so that there is something old to be read
            (await admin.Put($"roles/{id}", new { name })).Status.ShouldBe(200);
            (await admin.Get($"roles/{id}")).Text("name").ShouldBe(name);
            await Eventually.Is(async () => (await elsewhere.Get($"roles/{id}")).Text("name") == name);
        }
        (await admin.Delete($"roles/{id}")).Status.ShouldBe(204);
        (await admin.Get($"roles/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Of_many_who_need_it_at_once_one_asks_the_database()
    {
        await using var service = await cluster.Start();
        var (_, id, admin) = await service.NewTenant();
        await service.Remembers(admin);
        await service.Sql(
            $"UPDATE roles SET description = 'changed elsewhere' WHERE tenant_id = '{id}' AND name = 'Viewer'"
        );
        using var statements = new Statements(service.Database);

        var heard = Enumerable.Range(0, 400).Select(_ => admin.Get("roles")).ToList();
        await Task.WhenAll(heard);
        await Eventually.Is(async () =>
            (await admin.Get("roles")).Text.Contains("changed elsewhere", StringComparison.Ordinal)
        );

        statements
            .Heard.Count(sql => sql.Contains("FROM role_permissions", StringComparison.Ordinal))
            .ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task An_instance_reads_from_Redis_what_another_instance_cached_and_works_without_Redis()
    {
        await using var redis = await RedisServer.Begin();
        await using var one = await cluster.Start(Using(redis));
        await using var two = await cluster.Start(one.Database, Using(redis));
        var (slug, _, admin) = await one.NewTenant();
        var elsewhere = two.At(slug).With(admin.Token);
        await elsewhere.Get("auth/me");
        await one.Remembers(admin);
        using (var statements = new Statements(one.Database))
        {
            (await elsewhere.Get("roles")).Items().Count.ShouldBe(4);
            statements.Heard.Where(sql => sql.Contains("roles", StringComparison.Ordinal)).ShouldBeEmpty();
        }

        await redis.Kill();
        (await admin.Get("roles")).Status.ShouldBe(200);
        (await admin.Post("roles", new { name = "Without Redis" })).Status.ShouldBe(201);
        (await admin.Get("roles")).Items().Count.ShouldBe(5);
    }

    [Fact]
    public async Task An_instance_that_starts_believes_nothing_that_was_kept_before_it_listened()
    {
        await using var redis = await RedisServer.Begin();
        await using var one = await cluster.Start(Using(redis));
        var (slug, id, admin) = await one.NewTenant();
        await using (var early = await cluster.Start(one.Database, Using(redis)))
            await early.At(slug).With(admin.Token).Get("roles"); // kept as of an instance that heard of no change
        await one.Sql(
            $"UPDATE roles SET description = 'changed in between' WHERE tenant_id = '{id}' AND name = 'Viewer'"
        );

        await using var late = await cluster.Start(one.Database, Using(redis));

        (await late.At(slug).With(admin.Token).Get("roles")).Text.ShouldContain("changed in between");
    }

    [Fact]
    public async Task The_hit_rate_can_be_measured()
    {
        await using var service = await cluster.Start();
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<(string Kind, string Outcome)>();
        var mine = service.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == VersionedCache.MeterName && instrument.Meter.Scope == mine)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) => outcomes.Add(((string)tags[0].Value!, (string)tags[1].Value!))
        );
        listener.Start();
        var (_, _, admin) = await service.NewTenant();
        await service.Remembers(admin);
        await admin.Get("roles");

        outcomes.ShouldContain(("roles", "hit"));
        outcomes.ShouldContain(("roles", "miss"));
        outcomes.ShouldContain(("tenant", "hit"));
    }

    [Fact]
    public async Task A_cache_entry_in_Redis_that_was_altered_is_ignored()
    {
        await using var redis = await RedisServer.Begin();
        await using var one = await cluster.Start(Using(redis));
        await using var two = await cluster.Start(one.Database, Using(redis));
        var (slug, tenant, admin) = await one.NewTenant();
        var victim = (await one.NewTenant()).Id;
        await one.Remembers(admin);
        await admin.Get("auth/me");
        var database = (
            await ConnectionMultiplexer.ConnectAsync(
                redis.Url.Replace("redis://", "", StringComparison.Ordinal).Split('/')[0]
            )
        ).GetDatabase();
        var planted = 0;
        foreach (
            var key in (RedisKey[])
                (await database.ScriptEvaluateAsync("return redis.call('KEYS', 'tenantry:cache:*')"))!
        )
        {
            // What was kept of the tenant, with the id of another in it.
            var entry = Encoding.Latin1.GetString(((byte[]?)await database.StringGetAsync(key))!);
            var altered = entry.Replace($"\"{tenant}\"", $"\"{victim}\"", StringComparison.OrdinalIgnoreCase);
            planted += altered == entry ? 0 : 1;
            await database.StringSetAsync(key, Encoding.Latin1.GetBytes(altered), TimeSpan.FromMinutes(5));
        }
        planted.ShouldBeGreaterThan(0);

        // An instance that has not read it yet, and so asks Redis.
        var me = await two.At(slug).With(admin.Token).Get("auth/me");

        me.Json["tenant"]!["id"]!.GetValue<Guid>().ShouldBe(tenant);
        (await two.At(slug).With(admin.Token).Get("roles")).Text.ShouldNotContain($"{victim}");
    }

    private static Action<Dictionary<string, string>> Using(RedisServer? redis) =>
        variables =>
        {
            if (redis is not null)
                (variables["REDIS_URL"], variables["REDIS_DEADLINE_MS"]) = (redis.Url, "1000");
        };
}
