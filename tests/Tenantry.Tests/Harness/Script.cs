using System.Diagnostics;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A script of the repository, as an operator runs it. Those of backups find the programs of the server that the tests
/// use.
/// </summary>
public static class Script
{
    /// <summary>As scripts/postgres.sh has it.</summary>
    private static string ServersUser =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal))
            ? "postgres"
            : "nobody";

    /// <param name="arguments">the script, below the root of the repository, and what it is given</param>
    /// <param name="variables">of its environment, beside those of the tests</param>
    /// <param name="asServer">as the user whose files a PostgreSQL server's are, where the tests run as root, whom it
    /// refuses</param>
    public static async Task<(int Code, string Output, string Errors)> Run(
        string[] arguments,
        Dictionary<string, string> variables,
        bool asServer = false
    )
    {
        string[] command =
            asServer && Environment.UserName == "root"
                ? ["runuser", "-u", ServersUser, "--", "bash", .. arguments]
                : ["bash", .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).Trim(), await errors);
    }

    /// <returns>what a script said that ended well, as it has to</returns>
    public static async Task<string> Said(string[] arguments, Dictionary<string, string> variables)
    {
        var (code, output, errors) = await Run(arguments, variables);
        code.ShouldBe(0, errors);
        return output;
    }

    /// <summary>Skips the test where one of the programs is missing.</summary>
    /// <param name="folder">to look into besides</param>
    /// <param name="programs">that are needed</param>
    public static void Need(string folder, params string[] programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append(folder).ToList();
        foreach (var program in programs)
        {
            if (!folders.Exists(one => File.Exists(Path.Combine(one, program))))
                Assert.Skip(
                    $"{program} is missing. Run:  sudo apt-get install -y {(program == "rsync" ? "rsync" : "postgresql-client")}"
                );
        }
    }
}
