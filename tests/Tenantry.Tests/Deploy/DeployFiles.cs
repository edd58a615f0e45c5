using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tenantry.Tests.Deploy;

/// <summary>Files of <c>deploy/</c> and <c>.github/</c>, read as whoever uses them reads them.</summary>
internal static partial class DeployFiles
{
    private static readonly string Tools = Path.Combine(Repository.Root, ".local/deploy");

    /// <summary>Every setting that the service knows.</summary>
    public static HashSet<string> Settings { get; } = [.. Names()];

    /// <summary>The documents of a YAML, with aliases and <c>&lt;&lt;</c> resolved.</summary>
    public static List<JsonNode> Yaml(string text)
    {
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(text))));
        return [.. stream.Documents.Select(document => Json(document.RootNode)!)];
    }

    public static JsonNode YamlOf(string path) => Yaml(Repository.Read(path)).Single();

    private static readonly ConcurrentDictionary<string, Task<string>> Rendered = new();

    /// <summary>What <c>kubectl apply -k</c> would send.</summary>
    public static Task<string> Render(string overlay) => Rendered.GetOrAdd(overlay, RenderNow);

    private static async Task<string> RenderNow(string overlay)
    {
        // Components are known to Kustomize from version 4 on.
        if (!OnPath("kubectl") || !KustomizeSince4().IsMatch((await Run("kubectl", ["version", "--client"])).Output))
            Assert.Skip("kubectl with Kustomize 4 or newer is missing. Run:  scripts/deployment.sh need");
        var (status, output, errors) = await Run(
            "kubectl",
            ["kustomize", Path.Combine(Repository.Root, "deploy/kubernetes/overlays", overlay)]
        );
        status.ShouldBe(0, errors);
        errors.ShouldBeEmpty(); // where it warns of what is deprecated
        return output;
    }

    /// <summary>What the schemas and the linter of check.mjs have to say.</summary>
    public static async Task<string> Check(string[] arguments, string input = "")
    {
        NeedTools();
        var (status, output, errors) = await Run(
            "node",
            ["--preserve-symlinks", "--preserve-symlinks-main", Path.Combine(Tools, "check.mjs"), .. arguments],
            input
        );
        status.ShouldBe(0, errors);
        return output;
    }

    /// <summary>A file of one of the packages of package.json.</summary>
    public static string OfPackage(string path)
    {
        NeedTools();
        return File.ReadAllText(Path.Combine(Tools, "node_modules", path));
    }

    public static async Task<(int Status, string Output, string Errors)> Run(
        string command,
        string[] arguments,
        string input = "",
        Dictionary<string, string>? variables = null
    )
    {
        // A script of the repository, or a program of this machine.
        var start = new ProcessStartInfo(
            command.Contains('/') ? Path.Combine(Repository.Root, command) : command,
            arguments
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (var (name, value) in variables ?? [])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    public static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>The tag of an image says a version, and not "whatever is new".</summary>
    public static bool IsPinned(string image) =>
        image.Split('/')[^1].Split(':') is [_, var tag]
        && tag.Any(char.IsAsciiDigit)
        && !tag.Contains("latest", StringComparison.Ordinal);

    private static void NeedTools()
    {
        if (!OnPath("node") || !File.Exists(Path.Combine(Tools, "complete")))
            Assert.Skip(
                "The schemas of tests/Tenantry.Tests/Deploy/package.json are missing. Run:  scripts/deployment.sh need"
            );
    }

    private static IReadOnlyList<string> Names()
    {
        var reader = new SettingsReader(new Dictionary<string, string>());
        ServiceSettings.Read(reader, new Dictionary<string, string>());
        return reader.Names;
    }

    private static JsonNode? Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(pair => new KeyValuePair<string, JsonNode?>(
                    ((YamlScalarNode)pair.Key).Value!,
                    Json(pair.Value)
                ))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } => text switch
            {
                null or "" or "null" or "~" => null,
                "true" or "false" => JsonValue.Create(text == "true"),
                _ when long.TryParse(
                        text,
                        NumberStyles.AllowLeadingSign,
                        CultureInfo.InvariantCulture,
                        out var whole
                    ) => JsonValue.Create(whole),
                _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                    JsonValue.Create(number),
                _ => JsonValue.Create(text),
            },
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => throw new InvalidDataException($"{node.NodeType} in a YAML"),
        };

    [GeneratedRegex("Kustomize Version: v([4-9]|[1-9][0-9])")]
    private static partial Regex KustomizeSince4();
}
