using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>The blocks of docs/clients.md that have a file's name, or are commands of a quickstart.</summary>
internal static partial class Quickstart
{
    /// <summary>Runs the commands as they are printed.</summary>
    /// <param name="name">What stands behind <c>```sh</c>.</param>
    /// <param name="temporary">Where <c>mktemp</c> makes the empty folder.</param>
    /// <param name="variables">Of the environment.</param>
    /// <returns>The folder in which they end.</returns>
    public static async Task<string> Install(
        string name,
        string temporary,
        params (string Name, string Value)[] variables
    )
    {
        var (status, output) = await GeneratedTests.Run(
            "bash",
            ["-euc", Block("sh " + name) + "\npwd"],
            [("TMPDIR", temporary), .. variables]
        );
        status.ShouldBe(0, output);
        return output.Split('\n').Last(line => line.StartsWith(temporary, StringComparison.Ordinal));
    }

    public static void Write(string folder, params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(folder, name), Block($"{Languages[Path.GetExtension(name)]} {name}"));
    }

    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        [".json"] = "json",
        [".ts"] = "ts",
        [".csproj"] = "xml",
        [".cs"] = "csharp",
    };

    private static string Block(string head) =>
        Blocks()
            .Matches(Repository.Read("docs/clients.md"))
            .Single(block => block.Groups[1].Value == head)
            .Groups[2]
            .Value;

    [GeneratedRegex(@"^```(\w+ \S+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
