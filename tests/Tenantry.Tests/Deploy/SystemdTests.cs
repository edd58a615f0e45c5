using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>The units of <c>deploy/systemd</c>, and the page that installs them: docs/production.md.</summary>
public sealed partial class SystemdTests
{
    private static readonly string Page = Repository.Read("docs/production.md");

    private static readonly string[] Units =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/systemd")).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public async Task Systemd_accepts_each_unit_and_finds_its_programs()
    {
        if (!DeployFiles.OnPath("systemd-analyze"))
            Assert.Skip("systemd-analyze is missing. Run:  sudo apt-get install -y systemd");
        var folder = Directory.CreateTempSubdirectory("units").FullName;
        try
        {
            // As installed, but for the places of this machine.
            foreach (var unit in Units)
                await File.WriteAllTextAsync(
                    Path.Combine(folder, Path.GetFileName(unit)),
                    (await File.ReadAllTextAsync(unit, TestContext.Current.CancellationToken))
                        .Replace("/usr/bin/dotnet", Environment.ProcessPath!, StringComparison.Ordinal)
                        .Replace(
                            "/opt/tenantry-deploy",
                            Path.Combine(Repository.Root, "deploy"),
                            StringComparison.Ordinal
                        ),
                    TestContext.Current.CancellationToken
                );

            var (code, _, errors) = await DeployFiles.Run(
                "systemd-analyze",
                ["verify", .. Directory.GetFiles(folder, "tenantry*")]
            );

            code.ShouldBe(0, errors);
            // What it only warns of, such as a setting that systemd does not know.
            errors.ShouldNotContain("tenantry");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Each_unit_sets_settings_that_exist_and_reads_secrets_that_the_page_names()
    {
        var settings = DeployFiles.Settings.Concat(["MIGRATION_DATABASE_URL", "BACKUP_DATABASE_URL"]).ToHashSet();
        foreach (var text in Units.Select(File.ReadAllText))
        {
            var set = Assignment().Matches(text).Select(match => match.Groups[1].Value).ToList();
            set.ShouldAllBe(name =>
                settings.Contains(name.Replace("_FILE", "", StringComparison.Ordinal)) || settings.Contains(name)
            );
            foreach (Match secret in Credential().Matches(text))
            {
                Page.ShouldContain($"`{secret.Groups[1].Value}`");
                set.ShouldContain(secret.Groups[1].Value + "_FILE");
            }
        }
        Units.Length.ShouldBe(4);
    }

    [Fact]
    public void The_settings_of_the_page_and_of_the_unit_start_a_production()
    {
        var variables = Block("ini")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        variables["DATABASE_URL"] = "postgresql://tenantry_app:p@localhost/tenantry";
        variables["JWT_SECRET"] = new string('s', 64);
        variables["SMTP_URL"] = "smtp://mail.example.com";
        variables["FILES_PATH"] = "/var/lib/tenantry/files";

        var settings = ServiceSettings.Read(variables);

        settings.IsDevelopment.ShouldBeFalse();
        settings.HttpsRequired.ShouldBeTrue();
        settings.Telemetry.MetricsPort.ShouldBe(9464);
    }

    [Fact]
    public async Task Each_command_and_file_that_the_page_names_exists()
    {
        var commands = Command()
            .Matches(Page + string.Concat(Units.Select(File.ReadAllText)))
            .Select(match => match.Groups[1].Value.Trim())
            .Distinct()
            .ToList();

        commands.ShouldContain("database create");
        foreach (var command in commands)
            (await OperatorCommand.Run([.. command.Split(' '), "--help"], [])).Code.ShouldBe(0, command);
        foreach (Match file in RepositoryFile().Matches(Page))
            (
                File.Exists(Path.Combine(Repository.Root, file.Value))
                || Directory.Exists(Path.Combine(Repository.Root, file.Value))
            ).ShouldBeTrue(file.Value);
        foreach (Match unit in Started().Matches(Page))
        {
            var name = unit.Groups[1].Value;
            Units.ShouldContain(path =>
                path.EndsWith("/" + (name.Contains('.') ? name : name + ".service"), StringComparison.Ordinal)
            );
        }
    }

    private static string Block(string language) =>
        Regex
            .Match(Page, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Groups[1]
            .Value;

    [GeneratedRegex(@"(?<=Environment=.*)\b([A-Z][A-Z_]+)=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^LoadCredential=([A-Z_]+):/etc/tenantry/secrets/\1$", RegexOptions.Multiline)]
    private static partial Regex Credential();

    [GeneratedRegex(@"tenantry\.dll ([a-z]+(?: [a-z]+)?)")]
    private static partial Regex Command();

    [GeneratedRegex(@"\b(?:scripts|deploy)/[a-z]+(?:/[a-z]+)?(?:\.[a-z]+)?")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex(@"systemctl (?:enable --now|start|restart) (tenantry[a-z.-]*)")]
    private static partial Regex Started();
}
