using System.Diagnostics;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>What is kept under clients/ is what its generator makes of today's docs/openapi.json.</summary>
public sealed class GeneratedTests
{
    [Theory]
    [InlineData("csharp", "csharp/Generated")]
    [InlineData("typescript", "typescript/src/schema.ts")]
    [InlineData("postman", "postman/tenantry.postman_collection.json")]
    public async Task The_client_in_the_repository_is_the_one_that_is_generated(string part, string kept)
    {
        if (part != "csharp")
            Node.Need($"clients/{part}");
        var into = Directory.CreateTempSubdirectory("tenantry-clients");
        try
        {
            var (status, output) = await Run("clients/generate.sh", [part], ("INTO", into.FullName));
            status.ShouldBe(0, output);

            var made = Files(Path.Combine(into.FullName, kept));
            var held = Files(Path.Combine(Repository.Root, "clients", kept));
            held.Keys.Order(StringComparer.Ordinal)
                .ShouldBe(made.Keys.Order(StringComparer.Ordinal), $"clients/generate.sh {part}");
            held.Where(file => made[file.Key] != file.Value)
                .Select(file => file.Key)
                .ShouldBeEmpty($"clients/generate.sh {part}");
        }
        finally
        {
            into.Delete(recursive: true);
        }
    }

    internal static async Task<(int Status, string Output)> Run(
        string program,
        string[] arguments,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(
            program.Contains('/', StringComparison.Ordinal) ? Path.Combine(Repository.Root, program) : program,
            arguments
        )
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static Dictionary<string, string> Files(string path) =>
        File.Exists(path)
            ? new(StringComparer.Ordinal) { [Path.GetFileName(path)] = File.ReadAllText(path) }
            : Directory
                .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(path, file), File.ReadAllText, StringComparer.Ordinal);
}
