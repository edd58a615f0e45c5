using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>What docs/clients.md shows is part of a test that runs.</summary>
public sealed partial class ClientExamplesTests
{
    [Theory]
    [InlineData("csharp", "tests/Tenantry.Tests/Clients/CSharpClientTests.cs")]
    [InlineData("ts", "clients/typescript/test/tour.ts")]
    public void Every_example_stands_in_a_test(string language, string test)
    {
        var lines = Unindented(Repository.Read(test));
        var examples = Block()
            .Matches(Repository.Read("docs/clients.md"))
            .Where(block => block.Groups[1].Value == language)
            .Select(block => Unindented(block.Groups[2].Value))
            .ToList();

        examples.Count.ShouldBeGreaterThan(3);
        examples.Where(example => !lines.Contains(example, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string Unindented(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Trim())).Trim();

    [GeneratedRegex(@"```(\w+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
