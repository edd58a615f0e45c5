using Tenantry.Tests.Clients;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>Two linters that we did not write check docs/openapi.json. Each warning is a failure.</summary>
public sealed class OpenApiLintTests
{
    private const string Folder = "tests/openapi-lint";
    private const string Document = "docs/openapi.json";

    [Theory]
    [InlineData("@redocly/cli/bin/cli.js", "--config=" + Folder + "/redocly.yaml")]
    [InlineData(
        "@stoplight/spectral-cli/dist/index.js",
        "--ruleset=" + Folder + "/spectral.yaml",
        "--fail-severity=hint"
    )]
    public async Task The_document_passes_the_linter(string linter, params string[] options)
    {
        Node.Need(Folder);

        var (status, output) = await GeneratedTests.Run(
            "node",
            [$"{Folder}/node_modules/{linter}", "lint", Document, .. options],
            ("REDOCLY_TELEMETRY", "off"),
            ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"),
            ("NO_COLOR", "1")
        );

        status.ShouldBe(0, output);
    }
}
