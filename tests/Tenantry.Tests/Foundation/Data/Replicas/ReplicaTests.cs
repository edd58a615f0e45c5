using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Replicas;

/// <summary>
/// Reads that may be stale, against a real streaming replica. One after the other: they pause and kill the one that
/// they have.
/// </summary>
public sealed class ReplicaTests(FollowedCluster followed, Cluster others) : IClassFixture<FollowedCluster>
{
    [Fact]
    public async Task A_read_that_may_be_stale_is_answered_by_the_replica_and_any_other_by_the_primary()
    {
        await using var service = await followed.Start();
        var (_, tenant, admin) = await service.NewTenant();
        var own = (await admin.Get("auth/me")).Json["id"]!.GetValue<Guid>();
        await ReadsReplica(service, tenant);
        await followed.Pause();
        try
        {
            await service.Sql($"UPDATE users SET first_name = 'Later' WHERE id = '{own}'"); // by no caller of the service

            (await admin.Get("users")).Json["items"]![0]!.Text("first_name").ShouldBe("Grace");
            (await admin.Get($"users/{own}")).Text("first_name").ShouldBe("Later");
        }
        finally
        {
            await followed.Resume();
        }
        await Eventually.Is(async () => (await admin.Get("users")).Json["items"]![0]!.Text("first_name") == "Later");
    }

    [Fact]
    public async Task Callers_read_their_writes_on_every_instance_while_other_tenants_read_from_the_replica()
    {
        await using var one = await followed.Start();
        await using var another = await followed.Start(one.Database);
        var (slug, tenant, admin) = await one.NewTenant();
        var (_, bystander, _) = await one.NewTenant();
        var there = another.At(slug).With(admin.Token);
        await ReadsReplica(one, tenant);
        await ReadsReplica(another, bystander);
        await followed.Pause();
        try
        {
            for (var i = 0; i < 5; i++)
            {
                var email = $"new{i}@{slug}.example";
                (await (i % 2 == 0 ? admin : there).Post("users", new { email })).Status.ShouldBe(201);
                (await (i % 2 == 0 ? there : admin).Get("users?limit=1")).Json["items"]![0]!
                    .Text("email")
                    .ShouldBe(email);
                (await (i % 2 == 0 ? there : admin).Get("audit-events?limit=1&action=user.invited"))
                    .Items()
                    .Count.ShouldBe(1);
            }

            await ReadsReplica(one, bystander);
            await ReadsReplica(another, bystander);
        }
        finally
        {
            await followed.Resume();
        }
        await ReadsReplica(one, tenant);
        (await admin.Get("users?limit=1")).Json["items"]![0]!.Text("email").ShouldBe($"new4@{slug}.example");
    }

    [Fact]
    public async Task Where_Redis_does_not_take_a_change_all_instances_do_without_replicas_for_a_while()
    {
        await using var redis = await RedisServer.Begin();
        await using var cutOff = await followed.Start(change: variables => variables["REDIS_URL"] = redis.Url);
        await using var another = await followed.Start(cutOff.Database);
        var (slug, tenant, admin) = await cutOff.NewTenant();
        await ReadsReplica(another, tenant);
        await followed.Pause();
        try
        {
            await redis.Kill();

            (await admin.Post("users", new { email = $"new@{slug}.example" })).Status.ShouldBe(201);

            await Eventually.Is(async () =>
                await another.Services.GetRequiredService<ReadReplicas>().Choose(tenant) is null
            );
            (await another.At(slug).With(admin.Token).Get("users?limit=1")).Json["items"]![0]!
                .Text("email")
                .ShouldBe($"new@{slug}.example");
        }
        finally
        {
            await followed.Resume();
        }
    }

    [Fact]
    public async Task A_replica_that_is_too_far_behind_is_not_read_from_until_it_has_caught_up()
    {
        await using var service = await followed.Start(change: variables => variables["REPLICA_MAX_LAG_SECONDS"] = "1");
        var (_, tenant, admin) = await service.NewTenant();
        var own = (await admin.Get("auth/me")).Json["id"]!.GetValue<Guid>();
        await ReadsReplica(service, tenant);
        await Eventually.Is(async () => await Health(service) == "ok");
        await followed.Pause();
        try
        {
            await service.Sql($"UPDATE users SET first_name = 'Later' WHERE id = '{own}'");

            await Eventually.Is(async () => await Health(service) == "degraded");
            (await admin.Get("users")).Json["items"]![0]!.Text("first_name").ShouldBe("Later");
        }
        finally
        {
            await followed.Resume();
        }
        await Eventually.Is(async () => await Health(service) == "ok");
        await ReadsReplica(service, tenant);
    }

    [Fact]
    public async Task No_read_fails_when_the_replica_is_killed_and_it_is_read_from_again_when_it_is_back()
    {
        using var outcomes = new Outcomes();
        await using var service = await followed.Start();
        var (_, tenant, admin) = await service.NewTenant();
        await ReadsReplica(service, tenant);
        using var stop = new CancellationTokenSource();
        var statuses = new ConcurrentBag<int>();
        var readers = Enumerable
            .Range(0, 4)
            .Select(i =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                        statuses.Add((await admin.Get(i % 2 == 0 ? "users" : "notifications/history")).Status);
                })
            )
            .ToList();
        await Eventually.Is(() => Task.FromResult(statuses.Count > 50));

        await followed.KillReplica();

        await Eventually.Is(async () => await Health(service) == "degraded");
        var after = statuses.Count;
        await Eventually.Is(() => Task.FromResult(statuses.Count > after + 50));
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        statuses.ShouldAllBe(status => status == 200);
        outcomes.Of("no_replica").ShouldBeGreaterThan(0);
        await followed.StartReplica();
        await ReadsReplica(service, tenant);
        (await Health(service)).ShouldBe("ok");
    }

    [Fact]
    public async Task Every_endpoint_that_may_be_stale_is_answered_by_the_replica_alone_and_shows_one_tenant()
    {
        using var outcomes = new Outcomes();
        await using var service = await followed.Start();
        var (slug, tenant, admin) = await service.NewTenant();
        var (_, foreign, _) = await service.NewTenant();
        var platform = await service.Platform();
        var ofPlatform = (await platform.Get("auth/me")).Json["tenant"]!["id"]!.GetValue<Guid>();
        (string Path, Visitor Visitor, Guid Tenant)[] reads =
        [
            ("users", admin, tenant),
            ($"tenants/{tenant}/usage", admin, tenant),
            ("notifications/history", admin, tenant),
            ("files", admin, tenant),
            ("audit-events", admin, tenant),
            ("audit-events/export", admin, tenant),
            ("audit-events/heads", admin, tenant),
            ("tenants", platform, ofPlatform),
        ];
        var declared = service
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<AllowsStaleReads>() is not null)
            .ToList();
        declared.ShouldAllBe(endpoint =>
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.All(method => method == "GET")
        );
        declared
            .Select(endpoint =>
                endpoint
                    .RoutePattern.RawText!.Replace("{id:guid}", $"{tenant}", StringComparison.Ordinal)
                    .Replace("/api/v1/", "", StringComparison.Ordinal)
                    .TrimEnd('/')
            )
            .ShouldBe(reads.Select(read => read.Path), ignoreOrder: true);

        foreach (var (path, visitor, of) in reads)
        {
            await ReadsReplica(service, of);
            var (before, failed) = (outcomes.Of("replica"), outcomes.Of("failed"));

            var answer = await visitor.Get(path);

            answer.Status.ShouldBe(200, path + answer.Text);
            outcomes.Of("replica").ShouldBe(before + 1, path);
            outcomes.Of("failed").ShouldBe(failed, path);
            if (visitor == admin)
                answer.Text.ShouldNotContain($"{foreign}", Case.Sensitive, path);
        }
        (await admin.Get("users")).Items().Select(user => user!.Text("email")).ShouldBe([$"admin@{slug}.example"]);
        // Who looks at another tenant leaves an event there: a change, which goes to the primary.
        await ReadsReplica(service, ofPlatform);
        (await platform.Get($"audit-events?tenant_id={foreign}")).Status.ShouldBe(200);
        (
            await service.Ask<bool>(
                $"SELECT EXISTS (SELECT FROM audit_events WHERE tenant_id = '{foreign}' AND action = 'audit.read')"
            )
        ).ShouldBeTrue();
        outcomes.Of("failed").ShouldBe(0);
        // The contexts have gone back to the pool without the replica.
        (await admin.Post("roles", new { name = "Reader", permissions = new[] { "users:read" } })).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Statements_are_kept_prepared_on_the_replica_and_the_tenant_ends_with_each()
    {
        await using var service = await followed.Start(change: variables =>
            variables["DATABASE_READ_URL"] = Cluster.OneConnection(variables["DATABASE_READ_URL"])
        );
        var (_, tenant, admin) = await service.NewTenant();
        var replica = await ReadsReplica(service, tenant);
        for (var i = 0; i < 4; i++)
            (await admin.Get("users")).Status.ShouldBe(200);

        await using var connection = await replica.DataSource.OpenConnectionAsync(
            TestContext.Current.CancellationToken
        );
        await using var command = new NpgsqlCommand(
            "SELECT (SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM users AS u%') || ' ' || coalesce(current_setting('app.current_tenant_id', true), '') || ' ' || (SELECT count(*) FROM users)",
            connection
        );
        ((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!).ShouldBe("1  0");
    }

    [Fact]
    public async Task Of_several_servers_changes_are_heard_from_the_one_that_is_the_primary()
    {
        var database = await followed.Cluster.NewDatabase();

        // Start waits until the news are heard; a replica, which comes first, takes no LISTEN.
        await using var service = await followed.Start(
            database,
            variables =>
                variables["DATABASE_DIRECT_URL"] = Cluster.ServingUrl(
                    $"127.0.0.1:{followed.ReplicaPort},127.0.0.1:{followed.Cluster.Admin.Port}",
                    database
                )
        );

        service.Services.GetRequiredService<ChangeFeed>().Period.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_replica_to_which_a_login_leads_that_no_policy_binds_keeps_the_service_from_starting()
    {
        var database = await followed.Cluster.NewDatabase();
        var replica = followed.Replica;
        await Eventually.Is(async () =>
            await Asked(replica, $"SELECT count(*) FROM pg_database WHERE datname = '{database}'") == "1"
        );

        var broken = await Should.ThrowAsync<TenantIsolationException>(() =>
            followed.Start(
                database,
                variables =>
                    variables["DATABASE_READ_URL"] =
                        $"postgresql://{replica.Username}:{replica.Password}@127.0.0.1:{replica.Port}/{database}"
            )
        );

        broken.Message.ShouldContain("DATABASE_READ_URL, server 1: The serving role can act as the superuser");
        broken.Message.ShouldNotContain(replica.Password!);
    }

    [Fact]
    public async Task A_server_that_follows_another_one_is_no_replica()
    {
        await using var service = await others.Start(); // a database of another server, which itself is sound

        (
            await Should.ThrowAsync<TenantIsolationException>(() =>
                followed.Start(change: variables =>
                    variables["DATABASE_READ_URL"] = service.Cluster.Variables(service.Database)["DATABASE_URL"]
                )
            )
        ).Message.ShouldContain("not a copy of the server in DATABASE_URL");
    }

    /// <summary>Waits until what may be stale goes to the replica.</summary>
    private static async Task<Replica> ReadsReplica(Service service, Guid tenant)
    {
        Replica? replica = null;
        await Eventually.Is(async () =>
            (replica = await service.Services.GetRequiredService<ReadReplicas>().Choose(tenant)) is not null
        );
        return replica!;
    }

    private static async Task<string> Health(Service service) =>
        ((await service.At().Get("/health/ready")).Json["checks"] as JsonObject)?["replica"]?.GetValue<string>()
        ?? "not told";

    private static async Task<string> Asked(NpgsqlConnectionStringBuilder server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture)!;
    }

    /// <summary>Of all instances: the tests of this class take turns.</summary>
    private sealed class Outcomes : IDisposable
    {
        private readonly ConcurrentDictionary<string, long> counted = new(StringComparer.Ordinal);
        private readonly MeterListener listener = new();

        public Outcomes()
        {
            listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "tenantry.replica.reads")
                    listener.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>(
                (_, value, tags, _) => counted.AddOrUpdate((string)tags[0].Value!, value, (_, known) => known + value)
            );
            listener.Start();
        }

        public long Of(string outcome) => counted.GetValueOrDefault(outcome);

        public void Dispose() => listener.Dispose();
    }
}
