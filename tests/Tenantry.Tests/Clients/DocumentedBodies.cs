using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Clients;

/// <summary>A JSON body that the documentation sends, and the operation that it is for.</summary>
/// <param name="Place">The file and what was found there.</param>
/// <param name="Method">In capitals.</param>
/// <param name="Path">The path as the OpenAPI document has it.</param>
/// <param name="Arguments">The values of the path's parameters, by name.</param>
/// <param name="Body">With a fixed value in each place where a reader's own value stands.</param>
public sealed record DocumentedBody(
    string Place,
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Arguments,
    JsonNode Body
);

/// <summary>
/// The JSON bodies of requests in README, docs, tenantry.http and the examples of docs/openapi.json.
/// </summary>
public sealed partial class DocumentedBodies
{
    /// <summary>Stands for a shell's or an editor's variable: a valid id, and a valid part of a name.</summary>
    private const string Variable = "019a8f3e-8d00-7c11-a2b3-c4d5e6f70819";

    private const string Base = "https://tenantry.example/openapi.json";

    private static readonly EvaluationOptions Strict = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private readonly JsonNode document = JsonNode.Parse(Repository.Read("docs/openapi.json"))!;
    private readonly BuildOptions options = new() { SchemaRegistry = new SchemaRegistry() };

    public DocumentedBodies() =>
        options.SchemaRegistry.Register(
            JsonSchema.FromText(
                Absolute(
                    new JsonObject
                    {
                        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                        ["$id"] = Base,
                        ["$defs"] = document["components"]!["schemas"]!.DeepClone(),
                    }
                ),
                options
            )
        );

    public IEnumerable<DocumentedBody> All() =>
        FromHttpFile()
            .Concat(FromExamples())
            .Concat(
                Directory
                    .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                    .Append(Path.Combine(Repository.Root, "README.md"))
                    .SelectMany(page => FromPage(Path.GetFileName(page), File.ReadAllText(page)))
            );

    /// <summary>What the schema of the operation says against a body.</summary>
    public IEnumerable<string> Faults(DocumentedBody one) =>
        Content(one.Method, one.Path)?["schema"]?.DeepClone().AsObject() is { } schema
            ? Faults(schema, one.Body).Select(fault => $"{one.Place}: {one.Body.ToJsonString()}: {fault}")
            : [$"{one.Place}: {one.Method} {one.Path} takes no JSON"];

    /// <summary>What a schema says against a printed answer, of which members may be left out.</summary>
    public IEnumerable<string> FaultsOfAnswer(string name, JsonNode answer)
    {
        var schema = document["components"]!["schemas"]![name]!.DeepClone().AsObject();
        schema.Remove("required");
        schema["properties"]!["title"]?.AsObject().Remove("x-ms-primary-error-message"); // no keyword of JSON Schema
        schema["additionalProperties"] = false;
        return Faults(schema, answer);
    }

    private IEnumerable<string> Faults(JsonObject schema, JsonNode json)
    {
        using var body = JsonDocument.Parse(json.ToJsonString());
        var result = JsonSchema.FromText(Absolute(schema), options).Evaluate(body.RootElement, Strict);
        return result.IsValid
            ? []
            : (result.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Values.Select(error => $"{detail.InstanceLocation} {error}"))
                .Distinct(StringComparer.Ordinal);
    }

    public JsonNode Operation(DocumentedBody one) => document["paths"]![one.Path]![one.Method.ToLowerInvariant()]!;

    public static IEnumerable<string> CurlCommands(string page) =>
        Block()
            .Matches(page)
            .SelectMany(block => Curl().Matches(block.Value.Replace("\\\n", " ", StringComparison.Ordinal)))
            .Select(match => match.Value);

    public IEnumerable<DocumentedBody> FromPage(string name, string page)
    {
        foreach (var command in CurlCommands(page))
        {
            var words = Words().Matches(command).Select(match => match.Value).ToList();
            var at = words.FindIndex(word => word is "-d" or "--data" or "--json");
            if (at < 0 || Unquoted(words[at + 1]) is not ['{' or '[', ..] text)
                continue;
            var address = words.Select(Unquoted).First(word => AddressStart().IsMatch(word));
            var method = words.IndexOf("-X") is >= 0 and var asked ? words[asked + 1] : "POST";
            yield return Of($"{name}: {command}", method, AddressStart().Replace(address, "/api/v1"), text);
        }
        // In running text: `PUT files/settings` … `{"refused_types":[…]}`.
        foreach (Match match in Inline().Matches(page))
            yield return Of(
                $"{name}: {match.Value}",
                match.Groups[1].Value,
                "/api/v1/" + match.Groups[2].Value,
                match.Groups[3].Value
            );
    }

    private IEnumerable<DocumentedBody> FromHttpFile() =>
        from Match match in HttpRequest().Matches(Repository.Read("tenantry.http"))
        let url = match.Groups[2].Value.Replace("{{api}}", "/api/v1", StringComparison.Ordinal)
        let date = match
            .Groups[3]
            .Value.Replace("{{$datetime iso8601 1 d}}", "2026-12-01T09:00:00Z", StringComparison.Ordinal)
        select Of(
            $"tenantry.http: {match.Groups[1].Value} {url}",
            match.Groups[1].Value,
            EditorVariable().Replace(url, Variable),
            EditorVariable().Replace(date, Variable)
        );

    private IEnumerable<DocumentedBody> FromExamples() =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        let schema = Content(operation.Key, path.Key)?["schema"]
        let reference = Referenced().Match(schema?.ToJsonString() ?? "")
        where reference.Success
        from example in document["components"]!["schemas"]![reference.Groups[1].Value]!["examples"]?.AsArray() ?? []
        select Of(
            $"openapi.json: {operation.Key} {path.Key}",
            operation.Key,
            PathParameter().Replace(path.Key, match => match.Groups[1].Value == "revision" ? "1" : Variable),
            example!.ToJsonString()
        );

    private DocumentedBody Of(string place, string method, string address, string json)
    {
        method = method.ToUpperInvariant();
        var segments = address.Split('?')[0].Split('/');
        var path = document["paths"]!
            .AsObject()
            .Where(path => path.Value![method.ToLowerInvariant()] is not null)
            .Select(path => path.Key)
            .Where(path =>
                path.Split('/') is var parts && parts.Length == segments.Length && parts.Zip(segments).All(Fits)
            )
            .OrderBy(path => path.Count(letter => letter == '{'))
            .FirstOrDefault();
        path.ShouldNotBeNull($"{place}: there is no operation {method} {address}");
        var arguments = path.Split('/')
            .Zip(segments)
            .Where(pair => pair.First.StartsWith('{'))
            .ToDictionary(pair => pair.First.Trim('{', '}'), pair => pair.Second, StringComparer.Ordinal);
        return new DocumentedBody(place, method, path, arguments, JsonNode.Parse(json)!);

        static bool Fits((string Part, string Segment) pair) => pair.Part.StartsWith('{') || pair.Part == pair.Segment;
    }

    /// <summary>Answers of the API that a page prints without the commands that return them.</summary>
    public static IEnumerable<JsonNode> PrintedAnswers(string page) =>
        Printed()
            .Matches(page)
            .Select(match => JsonNode.Parse(match.Groups[1].Value.Replace(", ...}", "}", StringComparison.Ordinal))!);

    private static string Absolute(JsonObject schema) =>
        schema.ToJsonString().Replace("\"#/components/schemas/", $"\"{Base}#/$defs/", StringComparison.Ordinal);

    private JsonNode? Content(string method, string path) =>
        document["paths"]![path]![method.ToLowerInvariant()]!["requestBody"]?["content"]?["application/json"];

    /// <summary>A word as the shell reads it, with <see cref="Variable"/> for what only the shell knows.</summary>
    private static string Unquoted(string word) =>
        string.Concat(
            Part()
                .Matches(word)
                .Select(part =>
                    part.Value[0] == '\''
                        ? part.Value[1..^1]
                        : Escaped().Replace(ShellVariable().Replace(part.Value.Trim('"'), Replaced), "$1")
                )
        );

    private static string Replaced(Match variable) =>
        variable.Value switch
        {
            "$API" or "$TENANTRY_URL" => variable.Value,
            "$ADA" or "$ADMIN" => "ada@example.com",
            _ => Variable,
        };

    [GeneratedRegex(@"^```sh.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    // To the end of the command: a line may go on inside of quotes.
    [GeneratedRegex("""\bcurl (?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|[^'"|;\n])+""")]
    private static partial Regex Curl();

    [GeneratedRegex("""(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|[^\s'"])+""")]
    private static partial Regex Words();

    [GeneratedRegex("""'[^']*'|"(?:\\.|[^"\\])*"|[^'"]+""")]
    private static partial Regex Part();

    [GeneratedRegex(@"(?<!\\)\$(?:\([^)]*\)|\{[^}]*\}|\w+)")]
    private static partial Regex ShellVariable();

    [GeneratedRegex("""\\(["\\$`])""")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"^(?:\$API|(?:\$TENANTRY_URL|http://localhost:8000)/api/v1)(?=/)")]
    private static partial Regex AddressStart();

    [GeneratedRegex("""`(POST|PUT|PATCH) ([\w/{}-]+)`[^\n`]*(?:`[^`{\n]*`[^\n`]*)*`(\{"[^`]*\})`""")]
    private static partial Regex Inline();

    [GeneratedRegex(
        @"^(POST|PUT|PATCH|DELETE) (\S+)\nContent-Type: application/json\n(?:[\w-]+: .*\n)*\n(\{.*)$",
        RegexOptions.Multiline
    )]
    private static partial Regex HttpRequest();

    // The variables of a template stand with spaces: they are part of the text.
    [GeneratedRegex(@"\{\{[^{} ]+\}\}|\{\{\$[^{}]+\}\}")]
    private static partial Regex EditorVariable();

    [GeneratedRegex(@"\n\n```json\n(\{.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Printed();

    [GeneratedRegex(@"#/components/schemas/(\w+)")]
    private static partial Regex Referenced();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
