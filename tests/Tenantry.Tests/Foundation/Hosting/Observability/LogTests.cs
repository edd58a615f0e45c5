using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Traffic.Metering;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Observability;

/// <summary>The log of a process as its operator reads it.</summary>
public sealed class LogTests(Cluster cluster)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_one_line_with_what_it_was_whose_it_was_and_what_became_of_it()
    {
        await using var own = await cluster.Start();
        var (slug, tenant, admin) = await own.NewTenant();
        var user = (await admin.Get("auth/me")).Text("id");
        await using var process = await WatchedProcess.Begin(cluster, own.Database);
        using var http = Conformance.Client(process.Url);
        var visitor = new Visitor(http, slug, admin.Token);

        var found = await visitor.Send(
            HttpMethod.Get,
            "users?q=somebody",
            null,
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        );
        var missing = await visitor.Get($"users/{Guid.NewGuid()}");

        var line = await process.Line(one => one["trace_id"]?.GetValue<string>() == "0af7651916cd43dd8448eb211c80319c");
        (line.Text("level"), line.Text("category"), line.Number("event")).ShouldBe(
            ("information", "Tenantry.Foundation.Hosting.Http.RequestLog", 1000)
        );
        (line.Text("method"), line.Text("route"), line.Number("status"), line.Text("client")).ShouldBe(
            ("GET", "/api/v1/users/", 200, "127.0.0.1")
        );
        line.Number("bytes").ShouldBe(Encoding.UTF8.GetByteCount(found.Text));
        line["duration_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        (line.Text("tenant_id"), line.Text("user_id")).ShouldBe(($"{tenant}", user));
        DateTimeOffset
            .Parse(line.Text("time"), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        line.ToJsonString().ShouldNotContain("somebody");

        var refused = await process.Line(one => one["trace_id"]?.GetValue<string>() == missing.Text("trace_id"));
        (refused.Text("route"), refused.Number("status")).ShouldBe(("/api/v1/users/{id:guid}", 404));
    }

    [Fact]
    public async Task Lines_of_workers_have_a_trace_and_a_tenant_too()
    {
        await using var own = await cluster.Start(replace: services =>
            services.Remove(
                services.Single(service =>
                    service.ImplementationType == typeof(Tenantry.Features.Auth.Mails.MailRequestWorker)
                )
            )
        );
        var (slug, tenant, admin) = await own.NewTenant();
        await own.Settled();
        await using var process = await WatchedProcess.Begin(
            cluster,
            own.Database,
            ("EMAIL_TRANSPORT", "smtp"),
            ("SMTP_URL", $"smtp://127.0.0.1:{FreePort.Find()}?tls=off"),
            ("NOTIFICATION_ATTEMPTS", "1")
        );
        using var http = Conformance.Client(process.Url);

        for (JsonNode? line = null; line is null; )
        {
            (
                await new Visitor(http, slug, admin.Token).Post(
                    "notifications/email",
                    new
                    {
                        recipient = "somebody@example.com",
                        subject = "Hello",
                        body = "Hello",
                    }
                )
            ).Status.ShouldBe(202);
            line = await process.Find(one => one.Number("event") == 4103, TimeSpan.FromSeconds(2)); // the other instance may have been faster
            if (line is null)
                continue;
            line.Text("tenant_id").ShouldBe($"{tenant}");
            line.Text("trace_id").Length.ShouldBe(32);
        }
    }

    [Fact]
    public async Task The_level_changes_while_the_service_runs_also_for_a_part_alone()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "Warning", Cancel);
        await using var own = await cluster.Start();
        await using var process = await WatchedProcess.Begin(
            cluster,
            own.Database,
            ("LOG_LEVEL", ""),
            ("LOG_LEVEL_FILE", file)
        );
        using var http = Conformance.Client(process.Url);

        (await http.GetAsync("/api/v1/nothing/one", Cancel)).Dispose();
        await File.WriteAllTextAsync(file, "Warning,Tenantry.Foundation.Hosting.Http=Information\n", Cancel);
        JsonNode? line;
        do (await http.GetAsync("/api/v1/nothing/two", Cancel)).Dispose();
        while ((line = await process.Find(one => one.Number("event") == 1000, TimeSpan.FromMilliseconds(300))) is null);
        await File.WriteAllTextAsync(file, "no level", Cancel);

        (await process.Line(one => one.Number("event") == 1602))
            .Text("message")
            .ShouldContain("LOG_LEVEL must be one of");
        process
            .Lines.Count(one => one.Number("event") == 1000 && one.Text("level") == "information")
            .ShouldBeGreaterThan(0); // and it stays as it was
        File.Delete(file);
    }

    [Fact]
    public async Task A_password_that_comes_while_the_service_runs_is_kept_out_too_and_the_one_before_still()
    {
        const string first = "the token of the scraper",
            second = "another of the scraper";
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, first, Cancel);
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        await using var process = await WatchedProcess.Begin(cluster, own.Database, ("METRICS_TOKEN_FILE", file));
        await File.WriteAllTextAsync(file, second, Cancel);
        (await process.Line(1601))["trace_id"].ShouldNotBeNull();

        // Whatever tells of it: here it is the database, in words of its own.
        using var http = Conformance.Client(process.Url);
        await own.Sql(
            $"CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'It was {first}, it is {second}.'; END $$; CREATE TRIGGER told BEFORE INSERT ON roles FOR EACH ROW EXECUTE FUNCTION told()"
        );
        (
            await new Visitor(http, slug, admin.Token).Post(
                "roles",
                new { name = "somebody", permissions = Array.Empty<string>() }
            )
        ).Status.ShouldBe(500);

        (await process.Line(1001)).Text("exception").ShouldContain("It was [redacted], it is [redacted].");
        File.Delete(file);
    }

    /// <summary>
    /// Of each worker something is made to fail; its lines are read where they are written, with the work around them.
    /// </summary>
    [Fact]
    public async Task Every_line_of_a_worker_has_a_trace_and_where_it_is_a_single_tenants_the_tenant()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var lines = new Heard();
        await using var own = await cluster.Start(replace: services =>
            services
                .AddSingleton<TimeProvider>(clock)
                .AddLogging(logging => logging.AddProvider(lines).AddFilter<Heard>(null, LogLevel.Information))
        );
        var (slug, tenant, admin) = await own.NewTenant();
        var (_, gone, _) = await own.NewTenant();
        await own.Settled();

        (await (await own.Platform()).Delete($"tenants/{gone}")).Status.ShouldBe(202);
        await own.Sql($"UPDATE tenants SET deleted_at = now() - interval '40 days' WHERE id = '{gone}'");
        await own.Sql(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$; CREATE TRIGGER fails BEFORE UPDATE ON notification_logs FOR EACH ROW WHEN (NEW.status = 'sent') EXECUTE FUNCTION fails()"
        );
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
        await lines.Of(4102);
        await own.Sql("DROP TRIGGER fails ON notification_logs");
        await own.Settled();
        await own.Sql("ALTER TABLE mailed_tokens RENAME TO mailed_tokens_away");
        (
            await own.At(slug).Post("auth/password-reset-request", new { email = $"admin@{slug}.example" })
        ).Status.ShouldBe(202);
        await lines.Of(1110);
        foreach (
            var table in new[]
            {
                "notification_logs",
                "request_days",
                "instances",
                "signing_keys",
                "object_removals",
                "file_reconciliations",
                "seen_feedback",
            }
        )
            await own.Sql($"ALTER TABLE {table} RENAME TO {table}_away");
        own.Services.GetRequiredService<RequestMeter>().Add(tenant, isRefused: false);
        await own.Sql(
            "SELECT pg_notify('tenantry_changes', 'signing_keys x'), pg_notify('tenantry_changes', 'object_removals x')"
        );
        await lines.Of(1202);
        await own.Sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tenantry changes'"
        );
        foreach (var number in new[] { 1101, 1102, 1103, 2004, 3002, 4001, 4101, 4110, 1111, 5009 })
            await lines.Of(number, meanwhile: () => clock.Advance(TimeSpan.FromMinutes(10)));

        lines
            .All.Where(line => line.Trace == default && line.Category.StartsWith("Tenantry.", StringComparison.Ordinal))
            .ShouldBeEmpty();
        lines.All.Where(line => line.Event is 1110 or 4102).Select(line => line.Tenant).Distinct().ShouldBe([tenant]);
        lines.All.Where(line => line.Event is 2004).Select(line => line.Tenant).Distinct().ShouldBe([gone]);
    }

    /// <summary>Hears each line on the thread of whoever writes it.</summary>
    private sealed class Heard : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Category, int Event, ActivityTraceId Trace, object? Tenant)> all =
            new();

        public IReadOnlyCollection<(string Category, int Event, ActivityTraceId Trace, object? Tenant)> All => all;

        public async Task Of(int number, Action? meanwhile = null)
        {
            for (
                var watch = Stopwatch.StartNew();
                !all.Any(line => line.Event == number);
                await Task.Delay(100, Cancel)
            )
            {
                watch.Elapsed.ShouldBeLessThan(
                    Patience.Of,
                    $"no line {number}; there are {string.Join(", ", all.Select(line => line.Event).Distinct().Order())}"
                );
                meanwhile?.Invoke();
            }
        }

        public ILogger CreateLogger(string categoryName) => new Ear(categoryName, all);

        public void Dispose() { }

        private sealed class Ear(
            string category,
            ConcurrentQueue<(string Category, int Event, ActivityTraceId Trace, object? Tenant)> all
        ) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter
            ) => all.Enqueue((category, eventId.Id, Activity.Current?.TraceId ?? default, Spans.Tagged(Spans.Tenant)));
        }
    }
}
