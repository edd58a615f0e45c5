using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>
/// The packed client for TypeScript is installed and compiled as docs/clients.md says. The quickstart and the client's
/// own tests (clients/typescript/test) run under Node against the real service.
/// </summary>
public sealed class TypeScriptClientTests(Cluster cluster, TypeScriptProject project) : IClassFixture<TypeScriptProject>
{
    [Fact]
    public async Task Its_tests_pass_against_the_service()
    {
        var folder = await project.Folder();
        (await project.Faults("tour.ts")).ShouldBeEmpty();
        await using var service = await cluster.StartAtItsLinks();
        var (slug, _, _) = await service.NewTenant();
        await using var limited = await cluster.Start(
            service.Database,
            variables => variables["RATE_LIMIT_FREE_PER_MINUTE"] = "60"
        );

        var (status, output) = await GeneratedTests.Run(
            "node",
            ["--test", "--test-reporter=tap", Path.Combine(folder, "tour.js")],
            ("SERVICE_URL", service.Url.ToString().TrimEnd('/')),
            ("LIMITED_URL", limited.Url.ToString().TrimEnd('/')),
            ("TENANT", slug),
            ("ADMIN", $"admin@{slug}.example"),
            ("PASSWORD", Service.Password)
        );

        status.ShouldBe(0, output);
        output.ShouldContain("# pass 11");
    }

    [Fact]
    public async Task The_quickstart_lists_users_and_verifies_the_token_with_jose()
    {
        var folder = await project.Folder();
        (await project.Faults("quickstart.ts")).ShouldBeEmpty();
        await using var service = await cluster.StartAtItsLinks();
        var (slug, id, admin) = await service.NewTenant();
        foreach (var name in new[] { "ada", "linus" })
            await admin.Post("/api/v1/users", new { email = $"{name}@{slug}.example" });

        var (status, output) = await GeneratedTests.Run(
            "node",
            [Path.Combine(folder, "quickstart.js")],
            ("TENANTRY_URL", service.Url.ToString().TrimEnd('/')),
            ("TENANT", slug),
            ("EMAIL", $"admin@{slug}.example"),
            ("PASSWORD", Service.Password)
        );

        status.ShouldBe(0, output);
        output
            .Trim()
            .Split('\n')
            .ShouldBe([
                "The first page has 2 users.",
                $"linus@{slug}.example",
                $"ada@{slug}.example",
                $"admin@{slug}.example",
                $"The token is valid for tenant {id}.",
            ]);
    }

    [Fact]
    public async Task Each_documented_body_compiles_as_a_call_and_a_body_with_a_fault_does_not()
    {
        (await project.Faults("bodies.ts")).ShouldBeEmpty();
        (await project.Faults("lies.ts")).Count.ShouldBe(DocumentedBodiesTests.Lies.Count);
    }

    [Theory]
    [InlineData("openapi-typescript")]
    [InlineData("orval")]
    [InlineData("hey-api")]
    public async Task The_client_of_another_generator_compiles(string generator)
    {
        var folder = await project.Folder();

        Directory.EnumerateFiles(Path.Combine(folder, "generated", generator), "*.ts").ShouldNotBeEmpty();
        // The runtime of Hey API is the same for each document, and not made for exactOptionalPropertyTypes.
        (await project.Faults($"generated/{generator}/"))
            .Where(fault =>
                !fault.StartsWith("generated/hey-api/c", StringComparison.Ordinal)
                || !fault.Contains("exactOptionalPropertyTypes", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task The_package_has_what_an_application_needs_and_packing_leaves_nothing_for_git()
    {
        var folder = await project.Folder();

        var (_, packed) = await GeneratedTests.Run("tar", ["-tf", Path.Combine(folder, "tenantry-client-0.1.0.tgz")]);
        var files = packed.Split('\n').Select(file => file.Replace("package/", "", StringComparison.Ordinal)).ToList();
        new[] { "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "dist/schema.d.ts" }.ShouldBeSubsetOf(
            files
        );
        files.ShouldNotContain(file => file.Contains("tour", StringComparison.Ordinal));
        string[] made = ["dist/index.js", "node_modules/typescript", "tenantry-client-0.1.0.tgz"];
        var (_, ignored) = await GeneratedTests.Run(
            "git",
            ["check-ignore", .. made.Select(file => $"{TypeScriptProject.Client}/{file}")]
        );
        ignored.Trim().Split('\n').Length.ShouldBe(made.Length, ignored);
    }
}
