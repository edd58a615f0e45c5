using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>
/// An application in an empty folder, made by the commands of docs/clients.md from the packed client. One run of the
/// compiler, under the strict settings of that page, sees all that is written in TypeScript: the quickstart, the tests of
/// the client, the documented bodies, and what other generators make of docs/openapi.json.
/// </summary>
public sealed class TypeScriptProject : IAsyncDisposable
{
    public const string Client = "clients/typescript";
    public const string Generators = "tests/client-generators";

    private readonly DirectoryInfo temporary = Directory.CreateTempSubdirectory("tenantry-typescript");
    private readonly Lazy<Task<(string Folder, string Faults)>> made;

    public TypeScriptProject() => made = new(Make);

    public async Task<string> Folder()
    {
        Node.Need(Client);
        Node.Need(Generators);
        return (await made.Value).Folder;
    }

    /// <summary>What the compiler says against files whose path begins so.</summary>
    public async Task<List<string>> Faults(string path)
    {
        await Folder();
        return
        [
            .. (await made.Value).Faults.Split('\n').Where(line => line.StartsWith(path, StringComparison.Ordinal)),
        ];
    }

    public ValueTask DisposeAsync()
    {
        temporary.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<(string Folder, string Faults)> Make()
    {
        var folder = await Quickstart.Install(
            "quickstart-ts",
            temporary.FullName,
            ("npm_config_prefer_offline", "true"),
            ("npm_config_audit", "false"),
            ("npm_config_fund", "false"),
            ("npm_config_update_notifier", "false")
        );
        Quickstart.Write(folder, "tsconfig.json", "quickstart.ts");
        File.Copy(Path.Combine(Repository.Root, Client, "test/tour.ts"), Path.Combine(folder, "tour.ts"));
        var documentation = new DocumentedBodies();
        await Write("bodies.ts", documentation.All().Where(body => !DocumentedBodiesTests.IsMeantToFail(body)));
        await Write("lies.ts", DocumentedBodiesTests.Lies.SelectMany(lie => DocumentedBodiesTests.LyingBody(lie.Data)));
        var generated = Path.Combine(folder, "generated");
        foreach (
            var generator in new[]
            {
                new[] { "@hey-api/openapi-ts/bin/run.js", "-f", $"{Generators}/hey-api.config.mjs", "--no-log-file" },
                ["orval/dist/bin/orval.mjs", "--config", $"{Generators}/orval.config.mjs"],
            }
        )
        {
            var (status, output) = await GeneratedTests.Run(
                "node",
                [$"{Generators}/node_modules/{generator[0]}", .. generator[1..]],
                ("INTO", generated)
            );
            status.ShouldBe(0, output);
        }
        Directory.CreateDirectory(Path.Combine(generated, "openapi-typescript"));
        File.Copy(
            Path.Combine(Repository.Root, Client, "src/schema.ts"),
            Path.Combine(generated, "openapi-typescript/schema.ts")
        );
        var (_, faults) = await GeneratedTests.Run(
            "npm",
            ["exec", "--prefix", folder, "--", "tsc", "--project", folder, "--pretty", "false"]
        );
        return (
            folder,
            faults.Replace(Path.GetRelativePath(Repository.Root, folder) + "/", "", StringComparison.Ordinal)
        );

        Task Write(string file, IEnumerable<DocumentedBody> bodies) =>
            File.WriteAllTextAsync(Path.Combine(folder, file), TypeScriptCalls.Source(documentation, bodies));
    }
}
