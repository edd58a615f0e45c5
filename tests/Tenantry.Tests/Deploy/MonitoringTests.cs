using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>Alerts fire when they should, and no dashboard asks for what nobody measures.</summary>
public sealed partial class MonitoringTests(Cluster cluster)
{
    private const string Rules = "deploy/prometheus/rules.yml";
    private const string Token = "a token for the scraper";

    private static IEnumerable<string> Alerts =>
        Alert().Matches(Repository.Read(Rules)).Select(match => match.Groups[1].Value);

    [Fact]
    public async Task Each_alert_fires_at_its_fault_and_none_when_all_is_well()
    {
        PrometheusServer.Need();
        var (status, output) = await Run(
            "promtool",
            "test",
            "rules",
            Path.Combine(Repository.Root, "deploy/prometheus/rules.test.yml")
        );

        status.ShouldBe(0, output);
        var tests = Repository.Read("deploy/prometheus/rules.test.yml");
        Alerts.Count().ShouldBeGreaterThan(15);
        Alerts
            .Where(alert =>
                !tests.Contains($"- name: {alert}\n", StringComparison.Ordinal)
                || !tests.Contains($"{{eval_time: 5h, alertname: {alert}}}", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void Each_alert_says_in_the_documentation_what_to_do()
    {
        var page = Repository.Read("docs/operations.md");

        Alerts.Where(alert => !page.Contains($"\n| {alert} |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_the_service_says_is_in_good_form_and_every_query_of_dashboards_and_alerts_finds_it()
    {
        PrometheusServer.Need();
        await using var redis = await RedisServer.Begin();
        var (variables, slug, token) = await Furnished();
        (variables["METRICS_TOKEN"], variables["REDIS_URL"]) = (Token, redis.Url);
        variables["RATE_LIMIT_FREE_PER_MINUTE"] =
            variables["RATE_LIMIT_STANDARD_PER_MINUTE"] =
            variables["RATE_LIMIT_GLOBAL_PER_MINUTE"] =
                "1000000";
        // Messages that go, and some that nobody takes.
        (
            variables["SMS_TRANSPORT"],
            variables["AWS_REGION"],
            variables["SNS_ENDPOINT_URL"],
            variables["AWS_ACCESS_KEY_ID"],
            variables["AWS_SECRET_ACCESS_KEY"]
        ) = ("sns", "eu-central-1", $"http://127.0.0.1:{FreePort.Find()}", "AKIAIOSFODNN7EXAMPLE", "secret");
        variables["NOTIFICATION_ATTEMPTS"] = "1";
        // The primary is no replica: that is told too.
        variables["DATABASE_READ_URL"] = variables["DATABASE_URL"];
        // A single connection, for which many wait.
        variables["DATABASE_URL"] = Cluster.OneConnection(variables["DATABASE_URL"]);
        await using var process = await ServingProcess.Begin(variables);
        using var http = Conformance.Client(process.Url);
        var visitor = new Visitor(http, slug, token);
        await using var prometheus = await PrometheusServer.Begin(process.Url, Token);
        using var stop = new CancellationTokenSource();
        var traffic = Traffic(visitor, new Visitor(http, slug, null), slug, stop.Token);

        var scrape = (await new Visitor(http, null, Token).Get("/metrics")).Text;
        var (status, output) = await Run("promtool", ["check", "metrics"], scrape);
        output
            .Split('\n')
            .Where(line =>
                line.StartsWith("tenantry_", StringComparison.Ordinal)
                && !line.Contains("counter metrics should", StringComparison.Ordinal)
            )
            .ShouldBeEmpty($"{status}");

        var queries = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "deploy/grafana"), "*.json")
            .SelectMany(file =>
                JsonNode.Parse(File.ReadAllText(file))!["panels"]!
                    .AsArray()
                    .SelectMany(panel =>
                        panel!["targets"]!
                            .AsArray()
                            .Select(target =>
                                (Where: $"{Path.GetFileName(file)}: {panel["title"]}", Query: target!.Text("expr"))
                            )
                    )
            )
            .ToList();
        queries.Count.ShouldBeGreaterThan(30);
        foreach (var (where, query) in queries)
            await Finds(
                prometheus,
                query
                    .Replace("$__rate_interval", "30s", StringComparison.Ordinal)
                    .Replace("$instance", ".*", StringComparison.Ordinal),
                where
            );
        // Of alerts: that the families are there. That nothing is wrong is why they find nothing now.
        foreach (
            var family in Family()
                .Matches(Repository.Read(Rules))
                .Select(match => match.Value)
                .Distinct()
                .Except([
                    "tenantry_backup_completed_timestamp_seconds",
                    "tenantry_files_discrepancies_total",
                    "tenantry_files_scans_total",
                ])
        )
            await Finds(prometheus, family, Rules);

        await stop.CancelAsync();
        await traffic;
    }

    /// <summary>By a service that is gone again: the process is the first then, and tells what all share.</summary>
    private async Task<(Dictionary<string, string> Variables, string Slug, string Token)> Furnished()
    {
        await using var own = await cluster.Start();
        var (slug, _, admin) = await own.NewTenant();
        await own.Settled();
        return (cluster.Variables(own.Database), slug, admin.Token);
    }

    private static Task Finds(PrometheusServer prometheus, string query, string where) =>
        Eventually.Is(async () => (await prometheus.Ask(query)).Count > 0, $"{where} finds something: {query}");

    private static async Task Traffic(Visitor admin, Visitor stranger, string slug, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => admin.Get("users")));
            await admin.Get("roles");
            await admin.Post("users", new { email = $"u{i}@{slug}.example" });
            await admin.Post("users", new { email = "nonsense" });
            await admin.Post(
                "notifications/email",
                new
                {
                    recipient = "somebody@example.com",
                    subject = "Hello",
                    body = "Hello",
                }
            );
            await admin.Post("notifications/sms", new { recipient = "+41791234567", body = "Hello" });
            await stranger.SignIn($"admin@{slug}.example");
            await stranger.Post("auth/login", new { email = $"admin@{slug}.example", password = "wrong password" });
            await Task.Delay(TimeSpan.FromMilliseconds(300), CancellationToken.None);
        }
    }

    private static Task<(int Status, string Output)> Run(string command, params string[] arguments) =>
        Run(command, arguments, null);

    private static async Task<(int Status, string Output)> Run(string command, string[] arguments, string? input)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("- alert: (.+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(?:tenantry|http_server|db_client|kestrel)_\w+(?=[\s{\[)])")]
    private static partial Regex Family();
}
