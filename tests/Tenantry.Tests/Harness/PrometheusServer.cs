using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Tenantry.Tests.Harness;

/// <summary>A Prometheus of the test's own, that scrapes a service every second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tenantry-prometheus").FullName;
    private readonly int port = FreePort.Find();
    private readonly HttpClient http = new();
    private Process? process;

    public static void Need()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (
            !folders.Any(folder => File.Exists(Path.Combine(folder, "prometheus")))
            || !folders.Any(folder => File.Exists(Path.Combine(folder, "promtool")))
        )
            Assert.Skip("prometheus is missing. Run:  sudo apt-get install -y prometheus");
    }

    public static async Task<PrometheusServer> Begin(Uri target, string token)
    {
        Need();
        var server = new PrometheusServer();
        await server.Start(target, token);
        return server;
    }

    /// <returns>the series that the expression finds</returns>
    public async Task<JsonArray> Ask(string expression)
    {
        var answer = await http.GetAsync(
            $"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(expression)}"
        );
        var json = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        json.Text("status").ShouldBe("success", $"{expression}: {json["error"]}");
        return json["data"]!["result"]!.AsArray();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Start(Uri target, string token)
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{Path.Combine(Repository.Root, "deploy/prometheus/rules.yml")}}"]
            scrape_configs:
              - job_name: tenantry
                authorization: {credentials: "{{token}}"}
                static_configs: [{targets: ["{{target.Authority}}"]}]
            """
        );
        process = Process.Start(
            new ProcessStartInfo(
                "prometheus",
                [
                    $"--config.file={folder}/prometheus.yml",
                    $"--storage.tsdb.path={folder}/data",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        if (Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes)
            await File.WriteAllTextAsync(Path.Combine(processes, $"{process.Id}"), "");
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                // Until it has read its disk it answers 503 with a text. Two scrapes at least, or nothing has a rate.
                if (
                    (await http.GetAsync($"http://127.0.0.1:{port}/-/ready")).IsSuccessStatusCode
                    && (await Ask("count_over_time(up{job=\"tenantry\"}[1m]) >= 3")).Count > 0
                )
                    return;
            }
            catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromMinutes(2)) { }
            watch.Elapsed.ShouldBeLessThan(Patience.Of);
        }
    }
}
