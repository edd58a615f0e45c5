using System.Diagnostics;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>A service for the commands of all pages, with the limits that a tenant has.</summary>
public sealed class DocumentedService(Cluster cluster) : IAsyncLifetime
{
    private Service? service;

    public Service Service => service!;

    public async ValueTask InitializeAsync() =>
        service = await cluster.StartAtItsLinks(variables => variables["RATE_LIMIT_FREE_PER_MINUTE"] = "60");

    public ValueTask DisposeAsync() => service?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>
/// The blocks of README and documentation that are marked <c>sh run</c> are run as they are printed, in the order of
/// their page, and what they put out is held against the block that follows. Each page has a tenant of its own, made by
/// the commands of docs/index.md.
/// </summary>
public sealed partial class DocumentedCommandsTests(DocumentedService documented) : IClassFixture<DocumentedService>
{
    private const string Home = "localhost:8000";
    private const string Readme = "README.md";
    private const string Index = "docs/index.md";

    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Append(Readme)
                .Where(page => BlocksOf(page).Count > 0)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Commands_do_what_their_page_prints(string page)
    {
        var blocks = BlocksOf(page);
        // The tour makes its own tenants; the commands of docs/index.md are what comes before those of the other pages.
        var script =
            (page is Readme or Index ? "" : BlocksOf(Index)[0].Commands)
            + string.Concat(blocks.Select(block => $"printf '\\036'\n{block.Commands}"));

        var outputs = (await Bash(script)).Split('\x1e')[1..];

        outputs.Length.ShouldBe(blocks.Count);
        blocks
            .Zip(
                outputs,
                (block, output) =>
                    (
                        block.Commands,
                        Output: output,
                        Differences: block.Printed is { } printed ? PrintedOutput.Differences(printed, output) : []
                    )
            )
            .Where(block => block.Differences.Count > 0)
            .Select(block => $"{string.Join('\n', block.Differences)}\nafter\n{block.Commands}\n{block.Output}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_page_whose_subject_can_be_tried_has_commands() =>
        new[]
        {
            "access",
            "architecture",
            "audit",
            "authentication",
            "files",
            "first-application",
            "isolation",
            "limits",
            "notifications",
            "observability",
            "operations",
            "retries",
            "tenants",
        }
            .Where(page => BlocksOf($"docs/{page}.md").All(block => block.Printed is null))
            .ShouldBeEmpty();

    [Theory]
    [InlineData(
        """{"status":"queued","id":"019a8f3e-8d00-7c11-a2b3-c4d5e6f70819"}""",
        """{"id":"01a2185c-b75a-7a33-9ec9-a7e107428c7c","status":"queued"}""",
        0
    )]
    [InlineData("""{"status":"queued"}""", """{"status":"sent"}""", 1)]
    [InlineData("""{"status":"queued"}""", """{"status":"queued","more":1}""", 1)]
    [InlineData("""{"status":"queued", ...}""", """{"status":"queued","more":1}""", 0)]
    [InlineData("""{"status":"queued", ...}""", """{"more":1}""", 1)]
    [InlineData("""{"items":["a", ...]}""", """{"items":["a","b"]}""", 0)]
    [InlineData("""{"items":["a"]}""", """{"items":["a","b"]}""", 1)]
    [InlineData("""{"at":"2026-11-26T14:57:39.154848Z"}""", """{"at":null}""", 1)]
    [InlineData("""{"count":1}""", """{"count":"1"}""", 1)]
    [InlineData("200\n{\"a\":1}\ndone", "200\n{\"a\":1}done", 0)]
    [InlineData("200", "404", 1)]
    [InlineData("200\n204", "200", 1)]
    public void The_printed_output_is_compared_with_the_actual_output(string printed, string came, int differences) =>
        PrintedOutput.Differences(printed, came).Count.ShouldBe(differences);

    private static List<(string Commands, string? Printed)> BlocksOf(string page) =>
        [
            .. Block()
                .Matches(Repository.Read(page))
                .Select(match => (match.Groups[1].Value, match.Groups[2].Success ? match.Groups[2].Value : null)),
        ];

    private async Task<string> Bash(string script)
    {
        var folder = Directory.CreateTempSubdirectory("tenantry-documented");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, ".local"));
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, ".local/secrets.env"),
                $"PLATFORM_ADMIN_EMAIL={Service.PlatformAdmin}\nPLATFORM_ADMIN_PASSWORD='{Service.Password}'\n"
            );
            var start = new ProcessStartInfo("bash", ["-eu"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
            };
            using var bash = Process.Start(start)!;
            var errors = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.StandardInput.WriteAsync(
                script.Replace(Home, documented.Service.Url.Authority, StringComparison.Ordinal)
            );
            bash.StandardInput.Close();
            var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            bash.ExitCode.ShouldBe(0, output + await errors);
            return output.Replace(documented.Service.Url.Authority, Home, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(
        @"^```sh run\n(.*?)^```\n(?:```(?:json)?\n(.*?)^```$)?",
        RegexOptions.Singleline | RegexOptions.Multiline
    )]
    private static partial Regex Block();
}
