using System.Text.RegularExpressions;
using Tenantry.Features.AuditEvents;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>What <c>/metrics</c> says, and to whom.</summary>
public sealed partial class MetricsTests(Cluster cluster)
{
    private const string Token = "a token for the scraper";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_part_of_the_service_is_measured()
    {
        await using var service = await cluster.Start(settings =>
            (settings["METRICS_TOKEN"], settings["RATE_LIMIT_FREE_PER_MINUTE"]) = (Token, "1000")
        );
        var (slug, _, admin) = await service.NewTenant();
        (await admin.Post("users", new { email = "nonsense" })).Status.ShouldBe(400);
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        (
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = "somebody@example.com",
                    subject = "Hello",
                    body = "Hello",
                }
            )
        ).Status.ShouldBe(202);
        await service.Settled();
        await service.Services.GetRequiredService<QueueFigures>().MeasureMessages(Cancel);
        await service.Services.GetRequiredService<DatabaseFigures>().RunOnce(Cancel);
        (await service.Services.GetRequiredService<AuditRetention>().RunOnce(Cancel)).ShouldBeGreaterThan(0);

        var scrape = await Scrape(service);

        foreach (
            var series in new[]
            {
                """http_server_request_duration_seconds_bucket{http_request_method="POST",http_response_status_code="400",http_route="/api/v1/users/",le="0.005"}""",
                "http_server_active_requests",
                "kestrel_active_connections",
                "kestrel_queued_connections",
                """db_client_operation_duration_seconds_bucket{db_client_connection_pool_name="tenantry",le="0.005"}""",
                """db_client_connection_count{db_client_connection_pool_name="tenantry",db_client_connection_state="used"}""",
                """db_client_connection_max{db_client_connection_pool_name="tenantry"}""",
                "tenantry_database_size_bytes",
                "tenantry_database_connections",
                "tenantry_instances",
                "tenantry_changes_staleness_seconds",
                """tenantry_cache_requests_total{""",
                """tenantry_rate_limit_decisions_total{""",
                """tenantry_refusals_total{code="validation_failed"}""",
                """tenantry_audit_events_total{action="auth.login",outcome="success"}""",
                """tenantry_audit_events_total{action="auth.login",outcome="authentication_failed"}""",
                """tenantry_notifications_total{channel="email",outcome="sent",transport="mailbox"}""",
                "tenantry_notifications_delay_seconds_bucket",
                """tenantry_queue_depth{channel="email"} 0""",
                """tenantry_queue_age_seconds{channel="push"} 0""",
                "tenantry_signing_key_age_seconds",
                "tenantry_signing_key_lifetime_seconds",
                "dotnet_gc_heap_total_allocated_bytes_total",
                "dotnet_process_memory_working_set_bytes",
            }
        )
            scrape.ShouldContain("\n" + series);
        // Other services of this process may have some of their own.
        scrape
            .Split('\n')
            .ShouldContain(line =>
                line.StartsWith("tenantry_audit_heads_total{} ", StringComparison.Ordinal)
                && !line.StartsWith("tenantry_audit_heads_total{} 0", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task That_Redis_is_away_is_measured()
    {
        await using var process = await Begin(
            await cluster.NewDatabase(),
            ("REDIS_URL", $"redis://127.0.0.1:{FreePort.Find()}/0")
        );
        using var http = Conformance.Client(process.Url);

        await Says(http, "tenantry_redis_available{} 0");
    }

    [Fact]
    public async Task With_a_single_connection_requests_wait_for_it_and_how_many_is_measured()
    {
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        await using var process = await Begin(
            own.Database,
            ("DATABASE_URL", Cluster.OneConnection(cluster.Variables(own.Database)["DATABASE_URL"]))
        );
        using var http = Conformance.Client(process.Url);
        var visitor = new Visitor(http, slug, admin.Token);

        var requests = Enumerable.Range(0, 30).Select(_ => visitor.Get("users")).ToList();

        await Says(http, "db_client_connection_npgsql_pending_requests{db_client_connection_pool_name=\"tenantry\"}");
        (await Task.WhenAll(requests)).ShouldAllBe(answer => answer.Status == 200);
    }

    [Fact]
    public async Task However_many_tenants_and_made_up_paths_there_are_no_series_are_theirs()
    {
        // A process of its own: the figures of one process are one.
        await using var own = await cluster.Start();
        await using var process = await Begin(own.Database);
        using var http = Conformance.Client(process.Url);
        var theirs = new List<string> { "made-up", "MADEUP" };
        await Use(0);
        await Use(1);
        await own.Settled();
        var before = Series(await Scrape(http));

        for (var i = 2; i <= 6; i++)
            await Use(i);
        await own.Settled();
        var scrape = await Scrape(http);

        var after = Series(scrape);
        after.Count(series => series.StartsWith("http_server", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        // What is there once, whoever comes: the scrape itself, and what the chance of this run makes the runtime, the
        // pool and two instances do.
        after.Except(before).Where(series => !IsOnce(series)).ShouldBeEmpty();
        theirs.Count.ShouldBeGreaterThan(30);
        foreach (var one in theirs)
            scrape.ShouldNotContain(one);

        static bool IsOnce(string series) =>
            series
                is """http_server_request_duration_seconds{http_request_method="GET",http_response_status_code="200"}"""
            || series.StartsWith("dotnet_", StringComparison.Ordinal)
            || Regex.IsMatch(
                series,
                """^db_client_\w+(\{db_client_connection_pool_name="tenantry( changes)?"(,db_client_connection_state="(idle|used)")?\})?$"""
            )
            || Regex.IsMatch(
                series,
                """^tenantry_notifications(_total|_delay_seconds)\{channel="email"(,outcome="sent",transport="mailbox")?\}$"""
            );

        async Task Use(int i)
        {
            var (slug, tenant, signedIn) = await own.NewTenant();
            var visitor = new Visitor(http, slug, signedIn.Token);
            (await visitor.Get("users")).Status.ShouldBe(200);
            (await visitor.Get($"users/{Guid.NewGuid()}")).Status.ShouldBe(404);
            var made = await visitor.Post("users", new { email = $"one@{slug}.example" });
            made.Status.ShouldBe(201);
            (
                await visitor.Post(
                    "notifications/email",
                    new
                    {
                        recipient = $"two@{slug}.example",
                        subject = "Hello",
                        body = "Hello",
                    }
                )
            ).Status.ShouldBe(202);
            await new Visitor(http, $"made-up-{i}", null).Get($"made-up-{i}/at/{Guid.NewGuid()}");
            await new Visitor(http, null, null).Send(new HttpMethod($"MADEUP{i}"), "users");
            var user = (await visitor.Get("auth/me")).Text("id");
            theirs.AddRange([slug, $"{tenant}", $"{tenant:N}", user, made.Text("id")]);
        }
    }

    [Fact]
    public async Task Tenants_get_no_metrics_and_a_scraper_shows_its_token()
    {
        await using var service = await cluster.Start(settings => settings["METRICS_TOKEN"] = Token);
        var (_, _, admin) = await service.NewTenant();

        (await service.At().Get("/metrics")).ShouldBeProblem(401, "authentication_failed");
        (await admin.Get("/metrics")).ShouldBeProblem(401, "authentication_failed");
        (await (await service.Platform()).Get("/metrics")).ShouldBeProblem(401, "authentication_failed");
        (await service.At().With(Token + "x").Get("/metrics")).ShouldBeProblem(401, "authentication_failed");
        (await service.At().With(Token).Get("/metrics")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_port_of_their_own_has_the_metrics_and_nothing_else_and_the_apis_has_none()
    {
        var port = FreePort.Find();
        await using var service = await cluster.Start(settings => settings["METRICS_PORT"] = $"{port}");
        using var http = new HttpClient();

        (await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", Cancel)).ShouldContain(
            "kestrel_active_connections"
        );
        foreach (var path in new[] { "/", "/health", "/api/v1/auth/me", "/api-docs/openapi.json" })
            (await http.GetAsync($"http://127.0.0.1:{port}{path}", Cancel)).StatusCode.ShouldBe(
                System.Net.HttpStatusCode.NotFound
            );
        (await service.At().Get("/metrics")).ShouldBeProblem(404, "route_not_found");
    }

    [Fact]
    public async Task With_a_metrics_port_and_a_token_both_are_required_and_health_stays_on_the_main_port()
    {
        var port = FreePort.Find();
        await using var service = await cluster.Start(settings =>
            (settings["METRICS_PORT"], settings["METRICS_TOKEN"]) = ($"{port}", Token)
        );
        using var own = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        (await service.At().With(Token).Get("/metrics")).ShouldBeProblem(404, "route_not_found");
        (await service.At().Get("/metrics")).ShouldBeProblem(404, "route_not_found");
        (await new Visitor(own, null, null).Get("/metrics")).Status.ShouldBe(401);
        (await new Visitor(own, null, Token).Get("/metrics")).Status.ShouldBe(200);

        (await service.At().With(Token).Get("/health")).Json["checks"].ShouldNotBeNull();
        (await service.At().Get("/health")).Json["checks"].ShouldBeNull();
        (await new Visitor(own, null, Token).Get("/health")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_metrics_token_file_that_is_empty_for_a_moment_does_not_open_the_metrics()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Token, Cancel);
        var port = FreePort.Find();
        await using var process = await WatchedProcess.Begin(
            cluster,
            await cluster.NewDatabase(),
            ("METRICS_TOKEN_FILE", file),
            ("METRICS_PORT", $"{port}")
        );
        using var own = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (await new Visitor(own, null, null).Get("/metrics")).Status.ShouldBe(401);

        await File.WriteAllTextAsync(file, "", Cancel);

        (await process.Line(1602)).Text("message").ShouldContain("METRICS_TOKEN_FILE names a file that is empty");
        (await new Visitor(own, null, null).Get("/metrics")).Status.ShouldBe(401);
        (await new Visitor(own, null, Token).Get("/metrics")).Status.ShouldBe(200);
        File.Delete(file);
    }

    [Fact]
    public async Task With_neither_port_nor_token_only_Development_shows_them_to_its_own_machine()
    {
        await using var development = await cluster.Start();
        (await development.At().Get("/metrics")).Status.ShouldBe(200);

        await using var production = await cluster.Start(settings => settings["APP_ENV"] = "Production");
        (await production.At().Get("/metrics")).ShouldBeProblem(404, "route_not_found");
    }

    [Fact]
    public async Task Only_the_first_of_several_instances_exports_the_shared_metrics()
    {
        await using var first = await cluster.Start();
        await using var second = await Begin(first.Database);
        using var http = Conformance.Client(second.Url);
        await first.Services.GetRequiredService<Instances>().RunOnce(Cancel);

        var scrape = await new Visitor(http, null, Token).Get("/metrics");

        first.Services.GetRequiredService<Instances>().IsFirst.ShouldBeTrue();
        scrape.Text.ShouldContain("\ntenantry_changes_staleness_seconds"); // each has its own
        scrape.Text.ShouldNotContain("\ntenantry_queue_depth");
        scrape.Text.ShouldNotContain("\ntenantry_database_size_bytes");
    }

    private Task<ServingProcess> Begin(string database, params (string Name, string Value)[] more)
    {
        var variables = cluster.Variables(database);
        variables["METRICS_TOKEN"] = Token;
        foreach (var (name, value) in more)
            variables[name] = value;
        return ServingProcess.Begin(variables);
    }

    private static async Task<string> Scrape(HttpClient http) =>
        (await new Visitor(http, null, Token).Get("/metrics")).Text;

    private static Task Says(HttpClient http, string series) =>
        Eventually.Is(async () => (await Scrape(http)).Contains("\n" + series, StringComparison.Ordinal), series);

    private static async Task<string> Scrape(Service service)
    {
        var answer = await service.At().With(Token).Get("/metrics");
        answer.Status.ShouldBe(200);
        return answer.Text;
    }

    /// <summary>Names and labels, buckets as one.</summary>
    private static HashSet<string> Series(string scrape) =>
        [
            .. scrape
                .Split('\n')
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line =>
                    Bucket().Replace(line[..line.LastIndexOf(' ')], "").Replace("{}", "", StringComparison.Ordinal)
                ),
        ];

    [GeneratedRegex("""_(?:bucket|sum|count)(?=\{|$)|,?le="[^"]+"|,?otel_scope_\w+="[^"]*" """)]
    private static partial Regex Bucket();
}
