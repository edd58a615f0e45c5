using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>
/// The client for TypeScript is compiled, and its own tests (clients/typescript/test) run under Node against the real
/// service.
/// </summary>
public sealed class TypeScriptClientTests(Cluster cluster)
{
    private const string Folder = "clients/typescript";

    [Fact]
    public async Task Its_tests_pass_against_the_service()
    {
        Node.Need(Folder);
        await using var service = await cluster.StartAtItsLinks();
        var (slug, _, _) = await service.NewTenant();
        await using var limited = await cluster.Start(
            service.Database,
            variables => variables["RATE_LIMIT_FREE_PER_MINUTE"] = "60"
        );

        foreach (var project in new[] { "tsconfig.json", "test/tsconfig.json" })
            await Run("node", $"{Folder}/node_modules/typescript/bin/tsc", "--project", $"{Folder}/{project}");
        var output = await Run("node", "--test", "--test-reporter=tap", $"{Folder}/dist-test/tour.js");

        output.ShouldContain("# pass 11");
        var packed = await Run("npm", "pack", $"./{Folder}", "--dry-run", "--ignore-scripts", "--json");
        foreach (var file in new[] { "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "dist/schema.d.ts" })
            packed.ShouldContain($"\"path\": \"{file}\"");
        packed.ShouldNotContain("tour");

        async Task<string> Run(string program, params string[] arguments)
        {
            var (status, output) = await GeneratedTests.Run(
                program,
                arguments,
                ("SERVICE_URL", service.Url.ToString().TrimEnd('/')),
                ("LIMITED_URL", limited.Url.ToString().TrimEnd('/')),
                ("TENANT", slug),
                ("ADMIN", $"admin@{slug}.example"),
                ("PASSWORD", Service.Password)
            );
            status.ShouldBe(0, output);
            return output;
        }
    }
}
