using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Tests.Harness;

/// <summary>
/// Stands between a test and the service, and holds each answer against docs/openapi.json: the path and method are an
/// operation, which lists the status, the media type and a schema that the body keeps to. An answer that is not as
/// documented fails the test that got it.
/// </summary>
public sealed class Conformance(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly Lazy<ApiDocument> Document = new(() =>
        new ApiDocument(JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs/openapi.json")))!)
    );

    /// <summary>A client without a rule of its own.</summary>
    public static HttpClient Client(Uri url) =>
        new(new Conformance(new SocketsHttpHandler { AllowAutoRedirect = false })) { BaseAddress = url };

    /// <summary>Of a fault: it quotes the body, which can be large.</summary>
    private const int MostText = 2_000;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (await Document.Value.Fault(request, response, cancellationToken) is not { } fault)
            return response;
        response.Dispose();
        throw new NotAsDocumentedException(
            $"{request.Method} {request.RequestUri!.PathAndQuery} answered {(int)response.StatusCode}: {StorableText.Truncate(fault, MostText)}"
        );
    }
}

/// <summary>The service answered what its document does not tell.</summary>
public sealed class NotAsDocumentedException(string message) : Exception(message);

/// <summary>The document, made ready to hold many answers against.</summary>
public sealed class ApiDocument
{
    private const string Problem = "application/problem+json";
    private const string RequestId = "X-Request-Id";
    private const string Base = "https://tenantry.example/openapi.json";

    /// <summary>
    /// Pages for people, other people's protocols, and the development mailbox: they are no operations of the document.
    /// What they refuse is a problem document too.
    /// </summary>
    private static readonly string[] DescribedElsewhere =
    [
        "/problems",
        "/api-docs",
        "/swagger-ui",
        "/redoc",
        "/dev/mailbox",
        "/objects",
        "/accept-invitation",
        "/reset-password",
        "/verify-email",
        "/confirm-email-change",
        "/undo-email-change",
        "/metrics",
        "/.well-known/security.txt",
        "/api/v1/files/tus",
    ];

    private static readonly string[] OpenedByPeople = ["files/shared", "notifications/unsubscribe"];

    /// <summary>
    /// What a path or method that is no operation gets: unknown, or refused before anybody asked what it is.
    /// </summary>
    private static readonly HashSet<int> OutsideOperations = [400, 401, 404, 405, 429, 503];

    /// <summary>
    /// What the server itself says to bytes that are no request: without a body, and without the id that the service
    /// gives each request.
    /// </summary>
    private static readonly HashSet<int> OfTheServer = [400, 408, 411, 413, 414, 431, 501, 505];

    private static readonly EvaluationOptions Quick = new()
    {
        OutputFormat = OutputFormat.Flag,
        RequireFormatValidation = true,
    };
    private static readonly EvaluationOptions Telling = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private readonly List<Operation> operations = [];
    private readonly JsonSchema problem;

    public ApiDocument(JsonNode document)
    {
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
            Resolve(document, operation.Value!["responses"]!.AsObject());
        // One schema that holds all others: they refer to one another, and are compiled once.
        var definitions = new JsonObject();
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
            definitions[name] = Closed(schema!.DeepClone());
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                foreach (var (status, response) in operation!["responses"]!.AsObject())
                {
                    foreach (var (mediaType, content) in response!["content"]?.AsObject() ?? [])
                        definitions[Key(method, path, status, mediaType)] = Closed(
                            content!["schema"]?.DeepClone() ?? true
                        );
                }
            }
        }
        var registry = new SchemaRegistry();
        var options = new BuildOptions { SchemaRegistry = registry };
        var whole = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = Base,
            ["$defs"] = definitions,
        };
        registry.Register(
            JsonSchema.FromText(
                whole.ToJsonString().Replace("\"#/components/schemas/", $"\"{Base}#/$defs/", StringComparison.Ordinal),
                options
            )
        );
        problem = Compiled("ProblemDocument");

        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var responses = operation!["responses"]!
                    .AsObject()
                    .ToDictionary(
                        response => int.Parse(response.Key, CultureInfo.InvariantCulture),
                        response => new Response(
                            (response.Value!["content"]?.AsObject() ?? []).ToDictionary(
                                content => content.Key,
                                content => Compiled(Key(method, path, response.Key, content.Key)),
                                StringComparer.Ordinal
                            ),
                            [.. (response.Value["headers"]?.AsObject() ?? []).Select(header => header.Key)]
                        )
                    );
                var formats = (operation["parameters"]?.AsArray() ?? [])
                    .Where(parameter => parameter!.Text("in") == "path")
                    .ToDictionary(
                        parameter => parameter!.Text("name"),
                        parameter => parameter!["schema"]?["format"]?.GetValue<string>(),
                        StringComparer.Ordinal
                    );
                operations.Add(
                    new Operation(
                        method.ToUpperInvariant(),
                        path,
                        [
                            .. path.Split('/')
                                .Select(segment => new Segment(
                                    segment,
                                    formats.GetValueOrDefault(segment.Trim('{', '}'))
                                )),
                        ],
                        responses
                    )
                );
            }
        }
        operations.Sort(
            (a, b) =>
                a
                    .Segments.Count(segment => segment.IsParameter)
                    .CompareTo(b.Segments.Count(segment => segment.IsParameter))
        );

        JsonSchema Compiled(string name) => JsonSchema.FromText($$"""{"$ref":"{{Base}}#/$defs/{{name}}"}""", options);
    }

    /// <summary>Puts a response in the place of the name by which an operation refers to it.</summary>
    public static void Resolve(JsonNode document, JsonObject responses)
    {
        foreach (var (status, response) in responses.ToList())
        {
            if (response!["$ref"]?.GetValue<string>() is { } reference)
                responses[status] = document["components"]!["responses"]![reference.Split('/')[^1]]!.DeepClone();
        }
    }

    /// <summary>What is wrong with an answer.</summary>
    /// <returns>null: nothing</returns>
    public async Task<string?> Fault(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        var path = Segments(request.RequestUri!.AbsolutePath);
        if (
            !response.Headers.Contains(RequestId)
            && OfTheServer.Contains(status)
            && response.Content.Headers.ContentLength is 0
        )
            return null;
        if (
            operations.FirstOrDefault(one => one.Method == request.Method.Method && one.Fits(path)) is not { } operation
        )
        {
            if (status == 416 && response.Content.Headers.ContentRange is { HasLength: true })
                return null; // the header says it all (RFC 9110, section 15.5.17), as a bucket's answer does
            if (request.RequestUri.AbsolutePath == "/" || (mediaType == "text/html" && IsDescribedElsewhere(path)))
                return null; // a page for a person
            if (status >= 400 && request.Method != HttpMethod.Head)
                return mediaType == Problem
                    ? await Fault(problem, response, cancel)
                    : $"refused as {mediaType ?? "nothing"}, not as {Problem}";
            if (IsDescribedElsewhere(path) || request.Method == HttpMethod.Options)
                return null;
            return OutsideOperations.Contains(status) ? null : "the document has no such operation";
        }
        if (!operation.Responses.TryGetValue(status, out var documented))
            return $"{operation} lists {string.Join(", ", operation.Responses.Keys)}{(mediaType == Problem ? "; " + await response.Content.ReadAsStringAsync(cancel) : "")}";
        if (documented.Headers.FirstOrDefault(header => !response.Headers.Contains(header)) is { } missing)
            return $"{operation} promises the header {missing}";
        if (request.Method == HttpMethod.Head)
            return null;
        if (documented.Schemas.Count == 0)
            return response.Content.Headers.ContentLength is > 0 || mediaType is not null
                ? $"{operation} tells of no body, and there is one of {mediaType}"
                : null;
        // A person in a browser gets a refusal as a page, where the description of the operation says so.
        if (
            mediaType == "text/html"
            && (int)response.StatusCode >= 400
            && OpenedByPeople.Contains(string.Join('/', path.TakeLast(2)))
        )
            return null;
        if (!documented.Schemas.TryGetValue(mediaType ?? "", out var schema))
            return $"{operation} answers {string.Join(", ", documented.Schemas.Keys)}, not {mediaType ?? "nothing"}";
        // Other bodies go by as they come: they can be long.
        return mediaType is "application/json" or Problem
            ? await Fault(schema, response, cancel) is { } fault
                ? $"{operation}: {fault}"
                : null
            : null;
    }

    private static async Task<string?> Fault(JsonSchema schema, HttpResponseMessage response, CancellationToken cancel)
    {
        await response.Content.LoadIntoBufferAsync(cancel);
        JsonDocument body;
        try
        {
            body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
        }
        catch (JsonException notJson)
        {
            return $"the body is no JSON: {notJson.Message}";
        }
        using (body)
        {
            if (schema.Evaluate(body.RootElement, Quick).IsValid)
                return null;
            var faults = (schema.Evaluate(body.RootElement, Telling).Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))
                .Distinct(StringComparer.Ordinal)
                .Take(5);
            return $"the body does not keep to the schema: {string.Join("; ", faults)}\n{body.RootElement.GetRawText()}";
        }
    }

    /// <summary>
    /// A client lets an answer grow: a schema of one is open. Here the document is to tell all of it, so that a member
    /// that it does not tell is a fault.
    /// </summary>
    private static JsonNode Closed(JsonNode schema)
    {
        switch (schema)
        {
            case JsonObject one:
                foreach (var (name, part) in one.ToList())
                {
                    if (name is not "examples" and not "default" and not "enum" && part is JsonObject or JsonArray)
                        Closed(part);
                }
                if (one["properties"] is JsonObject && one["type"] is not null)
                    one.TryAdd("additionalProperties", false);
                break;
            case JsonArray many:
                foreach (var part in many)
                {
                    if (part is not null)
                        Closed(part);
                }
                break;
        }
        return schema;
    }

    private static string Key(string method, string path, string status, string mediaType) =>
        Uri.EscapeDataString($"{method} {path} {status} {mediaType}").Replace("%", "-", StringComparison.Ordinal);

    private static bool IsDescribedElsewhere(List<string> path) =>
        DescribedElsewhere.Any(other =>
            string.Join('/', path) is var text
            && text.StartsWith(other, StringComparison.OrdinalIgnoreCase)
            && (text.Length == other.Length || text[other.Length] == '/')
        );

    /// <summary>
    /// As the server reads a path: unescaped but for slashes, dots taken away, one slash at the end for none.
    /// </summary>
    private static List<string> Segments(string path)
    {
        var segments = new List<string>();
        foreach (
            var segment in path.Split('/')
                .Select(segment =>
                    segment.Contains("%2F", StringComparison.OrdinalIgnoreCase)
                        ? segment
                        : Uri.UnescapeDataString(segment)
                )
        )
        {
            if (segment == ".." && segments.Count > 1)
                segments.RemoveAt(segments.Count - 1);
            else if (segment is not "." and not "..")
                segments.Add(segment);
        }
        if (segments.Count > 2 && segments[^1].Length == 0)
            segments.RemoveAt(segments.Count - 1);
        return segments;
    }

    private sealed record Operation(
        string Method,
        string Path,
        List<Segment> Segments,
        Dictionary<int, Response> Responses
    )
    {
        public bool Fits(List<string> path) =>
            path.Count == Segments.Count && Segments.Zip(path).All(pair => pair.First.Fits(pair.Second));

        public override string ToString() => $"{Method} {Path}";
    }

    private sealed record Segment(string Text, string? Format)
    {
        public bool IsParameter => Text.StartsWith('{');

        /// <summary>What has not the form of an id is another path, to the service as here.</summary>
        public bool Fits(string given) =>
            !IsParameter
                ? given.Equals(Text, StringComparison.OrdinalIgnoreCase)
                : Format switch
                {
                    "uuid" => Guid.TryParse(given, out _),
                    "int32" => int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
                    _ => given.Length > 0,
                };
    }

    private sealed record Response(Dictionary<string, JsonSchema> Schemas, List<string> Headers);
}
