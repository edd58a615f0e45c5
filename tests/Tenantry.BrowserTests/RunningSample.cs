using System.Diagnostics;
using Microsoft.Playwright;
using Tenantry.BrowserTests;
using Tenantry.Tests.Harness;

[assembly: AssemblyFixture(typeof(RunningSample))]

namespace Tenantry.BrowserTests;

/// <summary>
/// The sample application by its one command, over a service of the test's own, and a Chromium to look at it.
/// </summary>
public sealed class RunningSample : IAsyncLifetime
{
    private static readonly string? Chromium = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':')
        .Select(folder => Path.Combine(folder, "chromium"))
        .FirstOrDefault(File.Exists);

    private readonly Cluster cluster = new();
    private readonly string data = Directory.CreateTempSubdirectory("tenantry-tasks").FullName;
    private readonly System.Text.StringBuilder said = new();
    private Service? service;
    private Process? run;
    private IPlaywright? playwright;
    private IBrowser? browser;

    public Uri Page { get; private set; } = null!;

    public Service Service => service!;

    /// <summary>That was made up for the Admins of both tenants.</summary>
    public string AdminPassword => File.ReadAllText(Path.Combine(data, "admin-password")).Trim();

    public static void Need()
    {
        if (Chromium is null)
            Assert.Skip("chromium is missing. Run:  sudo apt-get install -y chromium");
    }

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null)
            return;
        await cluster.InitializeAsync();
        var port = FreePort.Find();
        service = await cluster.Start(variables =>
            (variables["API_PORT"], variables["APP_BASE_URL"]) = ($"{port}", $"http://localhost:{port}")
        );
        Page = new Uri($"http://localhost:{FreePort.Find()}");
        await Run();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>A browser of somebody's own, at the page of a tenant.</summary>
    public Task<Visit> Visit(string tenant) => BrowserTests.Visit.Begin(browser!, new Uri(Page, $"/?tenant={tenant}"));

    /// <summary>A page with nothing on it, for what needs a browser and not the sample.</summary>
    public Task<Visit> EmptyPage() => BrowserTests.Visit.Begin(browser!, new Uri("about:blank"));

    /// <summary>Starts it, and waits until it answers.</summary>
    public async Task Run()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "samples/tasks/run"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (
            var (name, value) in new Dictionary<string, string>
            {
                ["TENANTRY_URL"] = Service.Settings.AppBaseUrl.GetLeftPart(UriPartial.Authority),
                ["TASKS_PORT"] = $"{Page.Port}",
                ["TASKS_DATA"] = data,
                ["TASKS_IS_BUILT"] = "yes",
                ["PLATFORM_ADMIN_EMAIL"] = Service.PlatformAdmin,
                ["PLATFORM_ADMIN_PASSWORD"] = Service.Password,
            }
        )
            start.Environment[name] = value;
        run = Process.Start(start)!;
        if (Environment.GetEnvironmentVariable("TEST_PROCESSES") is { Length: > 0 } processes)
            await File.WriteAllTextAsync(Path.Combine(processes, $"{run.Id}"), "");
        var answers = new TaskCompletionSource();
        run.OutputDataReceived += (_, line) => Hear(line.Data);
        run.ErrorDataReceived += (_, line) => Hear(line.Data);
        run.BeginOutputReadLine();
        run.BeginErrorReadLine();
        if (
            await Task.WhenAny(answers.Task, run.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(90)))
            != answers.Task
        )
            throw new InvalidOperationException("The sample did not start: " + said);

        void Hear(string? line)
        {
            said.Append(line).Append('\n');
            if (line?.Contains("Ctrl-C", StringComparison.Ordinal) == true)
                answers.TrySetResult();
        }
    }

    /// <summary>Asks it to end.</summary>
    /// <returns>its exit code</returns>
    public async Task<int> Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{run!.Id}"]))
            await kill.WaitForExitAsync();
        await run.WaitForExitAsync();
        var code = run.ExitCode;
        run.Dispose();
        run = null;
        return code;
    }

    /// <summary>The newest mail to somebody, in the development mailbox.</summary>
    public async Task<(string Subject, string Body)> MailTo(string recipient)
    {
        var mail = (await Service.At().Get($"/dev/mailbox?recipient={Uri.EscapeDataString(recipient)}")).Json["items"]![
            0
        ]!;
        return (mail["subject"]!.GetValue<string>(), mail["body"]!.GetValue<string>());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (run is not null)
            await Stop();
        if (service is not null)
            await service.DisposeAsync();
        await cluster.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }
}
