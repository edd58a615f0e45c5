using System.Diagnostics;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>The README's tour is run as it is printed, and every link in the documentation leads somewhere.</summary>
public sealed partial class ReadmeTests(Cluster cluster)
{
    [Fact]
    public async Task The_tour_does_what_it_says()
    {
        await using var service = await cluster.StartAtItsLinks();
        var tour = Repository.Read("README.md").Split("## Five minutes")[1].Split("## Read on")[0];
        var script = string.Join('\n', ShellBlock().Matches(tour).Select(match => match.Groups[1].Value)).Replace("localhost:8000", service.Url.Authority, StringComparison.Ordinal);

        var output = await Bash(script);

        foreach (var promised in new[]
        {
            "\"status\":\"active\"", "\"token_type\":\"Bearer\"", "\"role\":\"User\"", "\"first_name\":[\"is needed\"]", "\"slug\":\"acme\"",
            "You are invited to Acme", "200\n404\n401\n", "It cost 47.11.\n", "no such link, or it has ended", "204\n", "\"code\":\"token_revoked\"",
        })
            output.ShouldContain(promised, Case.Sensitive);
    }

    [Fact]
    public void Every_link_between_documents_leads_to_a_file()
    {
        foreach (var page in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)))
        {
            foreach (var target in Link().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value.Split('#')[0]).Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)))
                Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)).ShouldBeTrue($"{page}: {target}");
        }
    }

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_the_README() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(Path.GetFileName)
            .Where(page => !Repository.Read("README.md").Contains($"(docs/{page})", StringComparison.Ordinal)).ShouldBeEmpty();

    private static async Task<string> Bash(string script)
    {
        var folder = Directory.CreateTempSubdirectory("tenantry-tour");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, ".local"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".local/secrets.env"), $"PLATFORM_ADMIN_EMAIL={Service.PlatformAdmin}\nPLATFORM_ADMIN_PASSWORD='{Service.Password}'\n");
            var start = new ProcessStartInfo("bash", ["-eu"]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder.FullName };
            using var bash = Process.Start(start)!;
            await bash.StandardInput.WriteAsync(script);
            bash.StandardInput.Close();
            var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            bash.ExitCode.ShouldBe(0, output);
            return output;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
