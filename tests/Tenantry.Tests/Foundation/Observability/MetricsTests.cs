using System.Text.RegularExpressions;
using Tenantry.Features.Notifications;
using Tenantry.Foundation.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Observability;

/// <summary>What <c>/metrics</c> says, and to whom.</summary>
public sealed partial class MetricsTests(Cluster cluster)
{
    private const string Token = "a token for the scraper";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_part_of_the_service_is_measured()
    {
        await using var service = await cluster.Start(settings => (settings["METRICS_TOKEN"], settings["RATE_LIMIT_FREE_PER_MINUTE"]) = (Token, "1000"));
        var (slug, _, admin) = await service.NewTenant();
        (await admin.Post("users", new { email = "nonsense" })).Status.ShouldBe(400);
        await service.At(slug).Post("auth/login", new { email = "nobody@example.com", password = "wrong password" });
        (await admin.Post("notifications/email", new { recipient = "somebody@example.com", subject = "Hello", body = "Hello" })).Status.ShouldBe(202);
        await service.Settled();
        await service.Services.GetRequiredService<QueueFigures>().Once(Cancel);
        await service.Services.GetRequiredService<DatabaseFigures>().Once(Cancel);

        var scrape = await Scrape(service);

        foreach (var series in new[]
        {
            """http_server_request_duration_seconds_bucket{http_request_method="POST",http_response_status_code="400",http_route="/api/v1/users/",le="0.005"}""",
            "http_server_active_requests", "kestrel_active_connections", "kestrel_queued_connections",
            """db_client_operation_duration_seconds_bucket{db_client_connection_pool_name="tenantry",le="0.005"}""", """db_client_connection_count{db_client_connection_pool_name="tenantry",db_client_connection_state="used"}""",
            """db_client_connection_max{db_client_connection_pool_name="tenantry"}""",
            "tenantry_database_size_bytes", "tenantry_database_connections", "tenantry_instances", "tenantry_changes_staleness_seconds",
            """tenantry_cache_requests_total{""", """tenantry_rate_limit_decisions_total{""", """tenantry_refusals_total{code="validation_failed"}""",
            """tenantry_audit_events_total{action="auth.login",outcome="success"}""", """tenantry_audit_events_total{action="auth.login",outcome="authentication_failed"}""",
            """tenantry_notifications_total{channel="email",outcome="sent",transport="mailbox"}""", "tenantry_notifications_delay_seconds_bucket",
            """tenantry_queue_depth{channel="email"} 0""", """tenantry_queue_age_seconds{channel="push"} 0""",
            "tenantry_signing_key_age_seconds", "tenantry_signing_key_lifetime_seconds", "dotnet_gc_heap_total_allocated_bytes_total", "dotnet_process_memory_working_set_bytes",
        })
            scrape.ShouldContain("\n" + series);
    }

    [Fact]
    public async Task However_many_tenants_and_made_up_paths_there_are_no_series_are_theirs()
    {
        // A process of its own: the figures of one process are one.
        await using var house = await cluster.Start();
        var variables = cluster.Variables(house.Database);
        variables["METRICS_TOKEN"] = Token;
        await using var process = await ServingProcess.Begin(variables);
        using var http = Conformance.Client(process.Url);
        var (slug, _, admin) = await house.NewTenant();
        await Use(admin, slug, 0);
        var before = Series(await Scrape());

        for (var i = 1; i <= 5; i++)
        {
            var (more, _, other) = await house.NewTenant();
            await Use(other, more, i);
        }
        var after = Series(await Scrape());

        after.Where(series => series.StartsWith("http_server", StringComparison.Ordinal)).Count().ShouldBeGreaterThan(5);
        after.Except(before).Where(series => !series.StartsWith("db_", StringComparison.Ordinal) && !series.StartsWith("dotnet_", StringComparison.Ordinal) && !series.StartsWith("tenantry_notifications", StringComparison.Ordinal))
            .ShouldBeSubsetOf(["""http_server_request_duration_seconds{http_request_method="GET",http_response_status_code="200"}"""]); // the scrape itself
        after.ShouldAllBe(series => !series.Contains(slug) && !series.Contains("made-up"));

        async Task Use(Visitor signedIn, string tenant, int i)
        {
            var visitor = new Visitor(http, tenant, signedIn.Token);
            (await visitor.Get("users")).Status.ShouldBe(200);
            (await visitor.Get($"users/{Guid.NewGuid()}")).Status.ShouldBe(404);
            (await visitor.Post("users", new { email = $"one@{tenant}.example" })).Status.ShouldBe(201);
            await new Visitor(http, $"made-up-{i}", null).Get($"made-up-{i}/at/{Guid.NewGuid()}");
            await new Visitor(http, null, null).Send(new HttpMethod($"MADEUP{i}"), "users");
        }

        async Task<string> Scrape() => (await new Visitor(http, null, Token).Get("/metrics")).Text;
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

        (await http.GetStringAsync($"http://127.0.0.1:{port}/metrics", Cancel)).ShouldContain("kestrel_active_connections");
        foreach (var path in new[] { "/", "/health", "/api/v1/auth/me", "/api-docs/openapi.json" })
            (await http.GetAsync($"http://127.0.0.1:{port}{path}", Cancel)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await service.At().Get("/metrics")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task With_neither_port_nor_token_only_Development_shows_them_to_its_own_machine()
    {
        await using var development = await cluster.Start();
        (await development.At().Get("/metrics")).Status.ShouldBe(200);

        await using var production = await cluster.Start(settings => settings["APP_ENV"] = "Production");
        (await production.At().Get("/metrics")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Of_several_instances_one_tells_of_what_they_share()
    {
        await using var first = await cluster.Start();
        var variables = cluster.Variables(first.Database);
        variables["METRICS_TOKEN"] = Token;
        await using var second = await ServingProcess.Begin(variables);
        using var http = Conformance.Client(second.Url);
        await first.Services.GetRequiredService<Instances>().Once(Cancel);

        var scrape = await new Visitor(http, null, Token).Get("/metrics");

        first.Services.GetRequiredService<Instances>().IsFirst.ShouldBeTrue();
        scrape.Text.ShouldContain("\ntenantry_changes_staleness_seconds"); // each has its own
        scrape.Text.ShouldNotContain("\ntenantry_queue_depth");
        scrape.Text.ShouldNotContain("\ntenantry_database_size_bytes");
    }

    private static async Task<string> Scrape(Service service)
    {
        var answer = await service.At().With(Token).Get("/metrics");
        answer.Status.ShouldBe(200);
        return answer.Text;
    }

    /// <summary>Names and labels, buckets as one.</summary>
    private static HashSet<string> Series(string scrape) =>
        [.. scrape.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => Bucket().Replace(line[..line.LastIndexOf(' ')], "").Replace("{}", "", StringComparison.Ordinal))];

    [GeneratedRegex("""_(?:bucket|sum|count)(?=\{|$)|,?le="[^"]+"|,?otel_scope_\w+="[^"]*" """)]
    private static partial Regex Bucket();
}
