using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>What GitHub runs for whoever keeps a clone there, and the scripts that it calls.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github/workflows");

    public static TheoryData<string> Workflows =>
        [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file))];

    [Fact]
    public async Task The_linter_finds_nothing() =>
        (await DeployFiles.Check(["workflow", .. Directory.EnumerateFiles(Folder)])).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_are_pinned_rights_are_few_and_nothing_of_others_is_run_as_a_script(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name));
        var workflow = DeployFiles.Yaml(text).Single();

        foreach (var use in Use().Matches(text).Select(match => match.Groups[1].Value))
            use.ShouldMatch(@"^[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$");
        workflow["permissions"]!.AsObject().Select(right => $"{right.Key}: {right.Value}").ShouldBe(["contents: read"]);
        foreach (var job in workflow["jobs"]!.AsObject().Select(job => job.Value!))
        {
            job["timeout-minutes"].ShouldNotBeNull();
            job.Text("runs-on").ShouldNotContain("latest");
            foreach (var step in job["steps"]!.AsArray().Select(step => step!))
            {
                // An expression is put into the script as text: a branch's name could be a command.
                (step["run"]?.GetValue<string>() ?? "").ShouldNotContain("${{");
                if (step["uses"]?.GetValue<string>().StartsWith("actions/checkout@", StringComparison.Ordinal) == true)
                    step["with"]!.Flag("persist-credentials").ShouldBeFalse();
                foreach (
                    var path in Script()
                        .Matches(step["run"]?.GetValue<string>() ?? "")
                        .Select(match => match.Groups[1].Value)
                )
                    File.Exists(Path.Combine(Repository.Root, path)).ShouldBeTrue(path);
            }
        }
    }

    [Fact]
    public void The_tests_run_against_the_oldest_PostgreSQL_that_is_supported_and_the_newest()
    {
        var test = DeployFiles.YamlOf(".github/workflows/ci.yml")["jobs"]!["test"]!;

        test["strategy"]!["matrix"]!["postgresql"]!
            .AsArray()
            .Select(version => version!.GetValue<long>())
            .ShouldBe([15, 18]);
        Repository.Read("scripts/postgres.sh").ShouldContain("\nLEAST_VERSION=15 ");
        test["env"]!.Text("TENANTRY_PG_VERSION").ShouldBe("${{ matrix.postgresql }}");
    }

    [Fact]
    public async Task A_version_of_PostgreSQL_that_is_asked_for_and_missing_is_not_replaced_by_another()
    {
        var (status, _, errors) = await DeployFiles.Run(
            "scripts/postgres.sh",
            ["start", Path.Combine(Path.GetTempPath(), "never made"), "quick"],
            variables: new() { ["TENANTRY_PG_VERSION"] = "99", ["PG_ADMIN_PASSWORD"] = "never used" }
        );

        status.ShouldBe(1);
        errors.ShouldStartWith("PostgreSQL 99 is missing.");
    }

    [Fact]
    public void Every_kind_of_dependency_is_looked_after()
    {
        var updates = DeployFiles.YamlOf(".github/dependabot.yml")["updates"]!.AsArray();

        updates
            .Select(update => update!.Text("package-ecosystem"))
            .ShouldBe(["nuget", "github-actions", "docker", "docker-compose", "npm"]);
        updates
            .SelectMany(update => update!["directories"]?.AsArray() ?? [update["directory"]!.DeepClone()])
            .Where(directory => !Directory.Exists(Repository.Root + directory!.GetValue<string>()))
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"uses: (.+)")]
    private static partial Regex Use();

    [GeneratedRegex(@"(?<![\w/.-])(?:\./)?((?:scripts|bench)/[\w.-]+|(?<=\./)test)(?![\w/])")]
    private static partial Regex Script();
}
