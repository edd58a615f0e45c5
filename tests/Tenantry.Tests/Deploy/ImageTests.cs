using System.Diagnostics;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Deploy;

/// <summary>The Dockerfile, as far as it can be tried without a container engine.</summary>
public sealed partial class ImageTests(Cluster cluster)
{
    private readonly string dockerfile = Repository.Read("Dockerfile").Replace("\\\n", "", StringComparison.Ordinal);

    [Fact]
    public void The_image_is_chiseled_has_a_pinned_version_and_does_not_run_as_root()
    {
        var version = Regex.Match(dockerfile, @"^ARG DOTNET_VERSION=(\S+)$", RegexOptions.Multiline).Groups[1].Value;
        Repository.Read("Directory.Build.props").ShouldContain($"<TargetFramework>net{version}</TargetFramework>");
        var images = From().Matches(dockerfile).Select(match => match.Groups[1].Value).ToList();

        images.Count.ShouldBe(2);
        images.ShouldAllBe(image =>
            image.StartsWith("mcr.microsoft.com/dotnet/", StringComparison.Ordinal)
            && image.Contains(":${DOTNET_VERSION}-noble", StringComparison.Ordinal)
        );
        images[^1].ShouldContain("chiseled-extra"); // without a shell; with ICU and time zones
        var last = dockerfile[dockerfile.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        Instruction().Matches(last).Last(match => match.Groups[1].Value == "USER").Groups[2].Value.ShouldBe("$APP_UID"); // of the base image, a number and not 0
        Instruction().Matches(last).ShouldNotContain(match => match.Groups[1].Value == "RUN"); // there is nothing to run it with
    }

    [Fact]
    public void What_it_sets_are_settings_and_what_it_asks_is_a_command()
    {
        var set = Regex
            .Matches(
                Instruction().Matches(dockerfile).Single(match => match.Groups[1].Value == "ENV").Groups[2].Value,
                @"([A-Z_]+)=(\S+)"
            )
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        set.Keys.Except(DeployFiles.Settings).ShouldBeEmpty();
        dockerfile.ShouldContain($"\nEXPOSE {set["API_PORT"]}\n");
        dockerfile.ShouldContain($"mkdir -p /made{set["FILES_PATH"]}\n");
        dockerfile.ShouldContain("CMD [\"dotnet\", \"/app/tenantry.dll\", \"health\"]"); // HealthCommandTests tries it
        dockerfile.ShouldContain("ENTRYPOINT [\"dotnet\", \"/app/tenantry.dll\"]");
    }

    [Fact]
    public void The_build_sees_what_it_needs_and_no_secret_of_a_developer()
    {
        var lines = Repository
            .Read(".dockerignore")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .ToList();

        lines[0].ShouldBe("*");
        var seen = lines.Where(line => line[0] == '!').Select(line => line[1..]).ToList();
        seen.Where(path => !Path.Exists(Path.Combine(Repository.Root, path))).ShouldBeEmpty();
        foreach (
            var needed in new[]
            {
                "src",
                "scripts",
                "Directory.Build.props",
                "Directory.Packages.props",
                "global.json",
                ".editorconfig",
            }
        )
            seen.ShouldContain(needed);
        lines.ShouldContain("**/.env");
    }

    [Fact]
    public async Task It_serves_where_it_may_write_to_the_folder_of_files_and_to_tmp_alone()
    {
        if (
            !DeployFiles.OnPath("unshare")
            || (await DeployFiles.Run("unshare", ["--user", "--map-root-user", "--mount", "true"])).Status != 0
        )
            Assert.Skip("This machine lets nobody make a namespace of mounts (unshare).");
        var files = Directory
            .CreateDirectory(Path.Combine(Repository.Root, ".local", "files-" + Guid.NewGuid().ToString("N")))
            .FullName;
        var variables = cluster.Variables(await cluster.NewDatabase());
        (variables["FILES_PATH"], variables["API_PORT"]) = (files, $"{FreePort.Find()}");
        // What images, compose and Kubernetes leave it: everything is read-only but these two.
        const string Jail = """
            set -e
            mount --rbind /tmp /tmp
            mount --rbind "$FILES_PATH" "$FILES_PATH"
            for at in $(awk '{ print $5 }' /proc/self/mountinfo | sort -u); do
              # Some that are shut already stay as they are: what follows the loop is the proof.
              case $at in /proc* | /sys* | /dev* | /tmp | /tmp/* | "$FILES_PATH") ;; *) mount -o remount,bind,ro "$at" 2>/dev/null || true ;; esac
            done
            if touch /var/tmp/written 2>/dev/null; then echo "/var/tmp can be written to" >&2; exit 1; fi
            cd /
            exec "$@"
            """;
        var binary = typeof(Program).Assembly.Location;
        var start = new ProcessStartInfo(
            "unshare",
            ["--user", "--map-root-user", "--mount", "sh", "-c", Jail, "jail", "dotnet", binary, "serve"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var cancel = TestContext.Current.CancellationToken;
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(cancel),
            process.StandardError.ReadToEndAsync(cancel)
        );
        try
        {
            var probe = new Dictionary<string, string> { ["API_PORT"] = variables["API_PORT"] };
            while ((await Binary.Run(["health"], probe)).Code != 0)
                if (process.HasExited)
                    Assert.Fail(await errors + await output);
            using var http = Conformance.Client(new Uri($"http://127.0.0.1:{variables["API_PORT"]}"));
            var admin = await new Visitor(http, "platform", null).SignIn(Service.PlatformAdmin);

            using var invoice = new MultipartFormDataContent
            {
                { new ByteArrayContent("It cost 47.11."u8.ToArray()), "file", "invoice.txt" },
            };

            (await admin.Send(HttpMethod.Post, "files/upload", invoice)).Status.ShouldBe(201);

            Directory.EnumerateFiles(files, "*", SearchOption.AllDirectories).ShouldNotBeEmpty();
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(files, recursive: true);
        }
    }

    [GeneratedRegex(@"^FROM (?:--platform=\S+ )?(\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^([A-Z]+) (.+)$", RegexOptions.Multiline)]
    private static partial Regex Instruction();
}
