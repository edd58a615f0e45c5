using System.Diagnostics;

namespace Tenantry.Tests.Harness;

/// <summary>
/// The service in a process of its own, for tests that kill it. ./test makes sure that nothing of it stays behind.
/// </summary>
public sealed class ServingProcess : IAsyncDisposable
{
    private readonly Process process;

    private readonly System.Text.StringBuilder output;

    private ServingProcess(Process process, Uri url, System.Text.StringBuilder output) =>
        (this.process, Url, this.output) = (process, url, output);

    public Uri Url { get; }

    /// <param name="variables">its settings</param>
    /// <param name="binary">of another release; null: the one that is tested</param>
    public static async Task<ServingProcess> Begin(Dictionary<string, string> variables, string? binary = null)
    {
        var port = FreePort.Find();

        var start = new ProcessStartInfo("dotnet", [binary ?? typeof(Program).Assembly.Location, "serve"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["API_PORT"] = $"{port}";
        var process = Process.Start(start)!;
        var output = new System.Text.StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } folder)
            await File.WriteAllTextAsync(Path.Combine(folder, $"{process.Id}"), "");

        var url = new Uri($"http://127.0.0.1:{port}");
        using var http = new HttpClient { BaseAddress = url };
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                if ((await http.GetAsync("/health/ready", deadline.Token)).IsSuccessStatusCode)
                    return new ServingProcess(process, url, output);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
            }
            catch (HttpRequestException)
            {
                throw new InvalidOperationException("The service ended: " + output);
            }
        }

        void Keep(string? line)
        {
            lock (output)
                output.Append(line).Append('\n');
        }
    }

    /// <summary>All that it wrote until now.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>The most memory that it had at once, in bytes, since <see cref="ForgetPeak"/>.</summary>
    public long Peak =>
        long.Parse(
            File.ReadLines($"/proc/{process.Id}/status")
                .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            System.Globalization.CultureInfo.InvariantCulture
        ) * 1024;

    public void ForgetPeak() => File.WriteAllText($"/proc/{process.Id}/clear_refs", "5");

    /// <summary>As an orchestrator does it: SIGTERM, and then it waits.</summary>
    /// <returns>the exit code</returns>
    public async Task<int> Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>As by <c>kill -9</c>.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await Kill();
        process.Dispose();
    }
}
