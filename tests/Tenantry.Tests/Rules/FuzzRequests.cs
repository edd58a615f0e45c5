using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>A request that is good but for one thing.</summary>
/// <param name="Operation">As in the document: <c>GET /api/v1/roles/{id}</c>.</param>
/// <param name="Place">Where the hostile value is.</param>
/// <param name="Value">What it is, cut short.</param>
/// <param name="Make">The request; made anew each time.</param>
internal sealed record FuzzRequest(string Operation, string Place, string Value, Func<Uri, HttpRequestMessage> Make)
{
    public override string ToString() => $"{Operation}, {Place} = {Value}";
}

/// <summary>Walks the document: each operation with each hostile value in each of its places.</summary>
/// <param name="document">the OpenAPI document</param>
/// <param name="things">what stands for a parameter or a member in a good request: by the operation's path and name, or
/// by name</param>
internal sealed class FuzzRequests(JsonNode document, IReadOnlyDictionary<string, string> things)
{
    private const string Sentinel = "here-comes-the-hostile-value";

    /// <summary>Beside the document: other people's protocols, and what a developer's machine has.</summary>
    private static readonly string[] Elsewhere =
    [
        "POST /api/v1/files/tus",
        "PATCH /api/v1/files/tus/{id}",
        "HEAD /api/v1/files/tus/{id}",
        "DELETE /api/v1/files/tus/{id}",
        "OPTIONS /api/v1/files/tus",
        "GET /objects/{tenant}/{id}",
        "PUT /objects/{tenant}/{id}",
        "GET /dev/mailbox",
        "GET /reset-password",
        "GET /verify-email",
        "GET /confirm-email-change",
        "GET /undo-email-change",
        "GET /accept-invitation",
        "GET /problems/{code}",
        "GET /metrics",
        "GET /api/v1/{nothing}",
        "BREW /api/v1/users",
    ];

    private int made;

    public IEnumerable<(string Operation, bool NeedsToken)> Operations() =>
        [
            .. from path in document["paths"]!.AsObject()
            from method in path.Value!.AsObject()
            select (
                $"{method.Key.ToUpperInvariant()} {path.Key}",
                method.Value!["security"] is JsonArray { Count: > 0 }
            ),
            .. Elsewhere.Select(operation => (operation, false)),
        ];

    /// <summary>What is the operation's own: its path, its query, its headers, its body.</summary>
    public List<FuzzRequest> Own(string operation)
    {
        var (method, path) = Parts(operation);
        var described = document["paths"]?[path]?[method.ToLowerInvariant()];
        var requests = new List<FuzzRequest>();
        foreach (var name in path.Split('{').Skip(1).Select(part => part.Split('}')[0]))
            requests.AddRange(
                HostileValues
                    .InUrl.Where(value => value.Length > 0)
                    .Select(value =>
                        Request(
                            operation,
                            $"path {name}",
                            value,
                            url: url => url.Replace(Good(path, name), value, StringComparison.Ordinal)
                        )
                    )
            );
        foreach (
            var (name, place) in (described?["parameters"]?.AsArray() ?? [])
                .Select(parameter => (parameter!.Text("name"), parameter.Text("in")))
                .Append(("recipient", path == "/dev/mailbox" ? "query" : ""))
                .Append(("signature", path.StartsWith("/objects", StringComparison.Ordinal) ? "query" : ""))
        )
        {
            if (place == "query")
                requests.AddRange(
                    Mutated(name)
                        .Select(value =>
                            Request(
                                operation,
                                $"query {name}, mutated",
                                value,
                                url: url =>
                                    $"{url}{(url.Contains('?') ? '&' : '?')}{name}={Uri.EscapeDataString(value)}"
                            )
                        )
                );
            if (place == "query")
                requests.AddRange(
                    HostileValues.InUrl.Select(value =>
                        Request(
                            operation,
                            $"query {name}",
                            value,
                            url: url => $"{url}{(url.Contains('?') ? '&' : '?')}{name}={value}"
                        )
                    )
                );
            else if (place == "header")
                requests.AddRange(HostileValues.InHeader.Select(value => Header(operation, name, value)));
        }
        if (described?["requestBody"]?["content"] is JsonObject content)
        {
            if (content.ContainsKey("application/json"))
                requests.AddRange(Bodies(operation, path, content["application/json"]!["schema"]!));
            if (content.ContainsKey("multipart/form-data"))
                requests.AddRange(Forms(operation));
        }
        else if (method is "POST" or "PUT" or "PATCH")
        {
            // A handler that takes no body has answered before more is sent than the server takes, which closes the
            // connection then.
            requests.AddRange(
                HostileValues
                    .Bodies("{}")
                    .Where(body => body.Name != HostileValues.TooMuch)
                    .Select(body => Request(operation, "body", body.Name, body: () => (body.Bytes(), body.Type)))
            );
        }
        return requests;
    }

    /// <summary>What every operation meets, whether it looks at it or not.</summary>
    public List<FuzzRequest> Common(string operation) =>
        [
            .. from name in HostileValues.Headers
            from value in HostileValues.InHeader
            select Header(operation, name, value),
            .. HostileValues
                .Mutated(things["valid access_token"])
                .Select(value => Header(operation, "Authorization", "Bearer " + value)),
            .. HostileValues
                .Mutated(things["valid refresh_token"])
                .Select(value =>
                    Header(operation, "Cookie", $"__Secure-tenantry_refresh={value}; __Host-tenantry_csrf={value}")
                ),
            .. HostileValues
                .Mutated(things["valid device_token"])
                .Select(value => Header(operation, "Cookie", $"__Secure-tenantry_device={value}")),
            .. HostileValues.InUrl.Select(value =>
                Request(operation, "query", value, url: url => $"{url}{(url.Contains('?') ? '&' : '?')}{value}")
            ),
            .. HostileValues.InUrl.Select(value =>
                Request(operation, "query name", value, url: url => $"{url}{(url.Contains('?') ? '&' : '?')}{value}=1")
            ),
            .. HostileValues
                .InUrl.Where(value => value.Length > 0)
                .Select(value => Request(operation, "path after", value, url: url => $"{url.Split('?')[0]}/{value}")),
        ];

    private IEnumerable<FuzzRequest> Bodies(string operation, string path, JsonNode schema)
    {
        var text = Example(schema);
        foreach (var place in Places(JsonNode.Parse(text), "").ToList())
        {
            foreach (
                var value in HostileValues.Json.Concat(
                    Mutated(place.Split('/')[^1]).Select(token => JsonValue.Create(token).ToJsonString())
                )
            )
                yield return Request(
                    operation,
                    $"body {place}",
                    value,
                    body: () =>
                        (
                            Encoding.UTF8.GetBytes(
                                With(GoodBody(path, text), place)
                                    .Replace($"\"{Sentinel}\"", HostileValues.Written(value), StringComparison.Ordinal)
                            ),
                            "application/json"
                        )
                );
        }
        foreach (var (name, type, bytes) in HostileValues.Bodies(GoodBody(path, text).ToJsonString()))
            yield return Request(operation, "body", name, body: () => (bytes(), type));
    }

    /// <summary>Of what is valid in a member or parameter of that name.</summary>
    private IEnumerable<string> Mutated(string name) =>
        (name == "token" ? ["token", "link", "unsubscribe"] : new[] { name })
            .Where(kind => things.ContainsKey("valid " + kind))
            .SelectMany(kind => HostileValues.Mutated(things["valid " + kind]));

    private string Example(JsonNode schema)
    {
        var name = (
            schema["$ref"] ?? schema["oneOf"]!.AsArray().Select(one => one!["$ref"]).First(one => one is not null)
        )!
            .GetValue<string>()
            .Split('/')[^1];
        return document["components"]!["schemas"]![name]!["examples"]![0]!.ToJsonString();
    }

    /// <summary>The document's example, with what exists here; what has to be new is new each time.</summary>
    private JsonObject GoodBody(string path, string example)
    {
        var body = JsonNode.Parse(example)!.AsObject();
        foreach (var member in body.Select(member => member.Key).ToList())
        {
            if (things.TryGetValue($"{path} {member}", out var here) || things.TryGetValue($"body {member}", out here))
                body[member] = JsonNode.Parse(
                    here.Replace(
                        "{new}",
                        Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture),
                        StringComparison.Ordinal
                    )
                );
        }
        return body;
    }

    private static IEnumerable<string> Places(JsonNode? node, string path)
    {
        if (path.Length > 0)
            yield return path;
        var parts = node switch
        {
            JsonObject one => one.Select(member => (member.Key, member.Value)),
            JsonArray { Count: > 0 } many => [("0", many[0])],
            _ => [],
        };
        foreach (var place in parts.SelectMany(part => Places(part.Item2, $"{path}/{part.Item1}")))
            yield return place;
    }

    private static string With(JsonObject body, string place)
    {
        var (steps, at) = (place.Split('/')[1..], (JsonNode)body);
        foreach (var step in steps[..^1])
            at = at is JsonArray many ? many[int.Parse(step, CultureInfo.InvariantCulture)]! : at[step]!;
        if (at is JsonArray array)
            array[int.Parse(steps[^1], CultureInfo.InvariantCulture)] = Sentinel;
        else
            at[steps[^1]] = Sentinel;
        return body.ToJsonString();
    }

    /// <summary>An upload as a form, with one part of it that is hostile.</summary>
    private IEnumerable<FuzzRequest> Forms(string operation)
    {
        const string type = "multipart/form-data; boundary=b";
        foreach (var field in new[] { "metadata", "tags", "password" })
        {
            foreach (var value in HostileValues.Json)
                yield return Request(
                    operation,
                    $"form {field}",
                    value,
                    body: () =>
                        (
                            Encoding.UTF8.GetBytes(
                                Part(
                                    $"name={field}",
                                    HostileValues
                                        .Written(value)
                                        .Trim('"')
                                        .Replace("\\u0000", "\0", StringComparison.Ordinal)
                                        .Replace("\\r\\n", "\r\n", StringComparison.Ordinal)
                                )
                                    + Part("name=file; filename=a.txt", "x")
                                    + "--b--\r\n"
                            ),
                            type
                        )
                );
        }
        foreach (var name in HostileValues.PartNames)
            yield return Request(
                operation,
                "form name",
                name,
                body: () =>
                    (
                        Encoding.UTF8.GetBytes(
                            Part($"name={name}", "x") + Part("name=file; filename=a.txt", "x") + "--b--\r\n"
                        ),
                        type
                    )
            );
        foreach (
            var name in HostileValues.InHeader.Concat([
                "a\0b",
                "../../a",
                "..\\a",
                "a\r\nb",
                "CON",
                "\"",
                "a\";name=\"b",
                "a.exe\u202Egpj",
            ])
        )
        {
            yield return Request(
                operation,
                "form filename",
                name,
                body: () => (Encoding.UTF8.GetBytes(Part($"name=file; filename=\"{name}\"", "x") + "--b--\r\n"), type)
            );
            yield return Request(
                operation,
                "form filename*",
                name,
                body: () =>
                    (
                        Encoding.UTF8.GetBytes(
                            Part($"name=file; filename*=UTF-8''{Uri.EscapeDataString(name)}", "x") + "--b--\r\n"
                        ),
                        type
                    )
            );
            yield return Request(
                operation,
                "form type",
                name,
                body: () =>
                    (
                        Encoding.UTF8.GetBytes(
                            $"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\nContent-Type: {name}\r\n\r\nx\r\n--b--\r\n"
                        ),
                        type
                    )
            );
        }
        foreach (
            var (what, text) in new[]
            {
                ("nothing", ""),
                ("the end alone", "--b--\r\n"),
                ("no end", Part("name=file; filename=a", "x")),
                ("no name", Part("filename=a", "x") + "--b--\r\n"),
                ("two files", Part("name=file; filename=a", "x") + Part("name=file; filename=b", "y") + "--b--\r\n"),
                (
                    "a thousand parts",
                    string.Concat(Enumerable.Range(0, 1000).Select(number => Part("name=tags", $"t{number}")))
                        + "--b--\r\n"
                ),
                ("a long header", Part("name=file; filename=a; x=" + new string('x', 40_000), "x") + "--b--\r\n"),
                ("no header", "--b\r\n\r\nx\r\n--b--\r\n"),
                ("another boundary", Part("name=file", "x").Replace("--b", "--c", StringComparison.Ordinal)),
                ("half a header", "--b\r\nContent-Dispo"),
                ("LF", "--b\nContent-Disposition: form-data; name=file\n\nx\n--b--\n"),
            }
        )
            yield return Request(operation, "form", what, body: () => (Encoding.UTF8.GetBytes(text), type));
        foreach (
            var other in new[]
            {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"",
                "multipart/form-data; boundary=" + new string('b', 300),
                "multipart/mixed; boundary=b",
                "application/x-www-form-urlencoded",
            }
        )
            yield return Request(
                operation,
                "form as",
                other,
                body: () => (Encoding.UTF8.GetBytes(Part("name=file; filename=a", "x") + "--b--\r\n"), other)
            );
        foreach (var value in HostileValues.InUrl)
            yield return Request(
                operation,
                "urlencoded",
                value,
                body: () => (Encoding.UTF8.GetBytes($"password={value}&{value}=1"), "application/x-www-form-urlencoded")
            );

        static string Part(string disposition, string text) =>
            $"--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{text}\r\n";
    }

    private FuzzRequest Header(string operation, string name, string value) =>
        Request(operation, $"header {name}", value, header: (name, value));

    private FuzzRequest Request(
        string operation,
        string place,
        string value,
        Func<string, string>? url = null,
        Func<(byte[] Bytes, string? Type)>? body = null,
        (string Name, string Value)? header = null
    )
    {
        var (method, path) = Parts(operation);
        var good =
            System.Text.RegularExpressions.Regex.Replace(path, @"\{(\w+)\}", match => Good(path, match.Groups[1].Value))
            + (things.TryGetValue($"{path} query", out var query) ? "?" + query : "");
        var content = document["paths"]?[path]?[method.ToLowerInvariant()]?["requestBody"]?["content"]?.AsObject();
        var (example, takesBytes) = (
            content?["application/json"]?["schema"] is { } schema ? Example(schema) : null,
            content?.ContainsKey("application/octet-stream") == true
        );
        return new FuzzRequest(
            operation,
            place,
            value.Length > 100 ? $"{value[..60]}... ({value.Length})" : value,
            root =>
            {
                // As it stands: the client would mend what is wrong with it.
                var request = new HttpRequestMessage(
                    new HttpMethod(method),
                    new Uri(
                        root.GetLeftPart(UriPartial.Authority) + (url is null ? good : url(good)),
                        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
                    )
                );
                if (body is not null)
                {
                    var (bytes, type) = body();
                    Content(bytes, type);
                }
                else if (example is not null)
                {
                    Content(Encoding.UTF8.GetBytes(GoodBody(path, example).ToJsonString()), "application/json");
                }
                else if (content is not null)
                {
                    Content(
                        "x"u8.ToArray(),
                        takesBytes ? "application/octet-stream" : "application/x-www-form-urlencoded"
                    );
                }
                if (header is { } one)
                    Add(request, one.Name, one.Value);
                if (path.Contains("/tus", StringComparison.Ordinal) && header?.Name != "Tus-Resumable")
                {
                    request.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
                    if (method == "POST" && header?.Name != "Upload-Length")
                        request.Headers.TryAddWithoutValidation("Upload-Length", "3");
                    if (method == "PATCH" && header?.Name != "Upload-Offset")
                        request.Headers.TryAddWithoutValidation("Upload-Offset", "0");
                    if (method == "PATCH")
                        Content("x"u8.ToArray(), "application/offset+octet-stream");
                }
                return request;

                void Content(byte[] bytes, string? type)
                {
                    request.Content = new ByteArrayContent(bytes);
                    // Who is refused unread, and goes on to send, finds the connection closed before they have heard
                    // why.
                    request.Headers.ExpectContinue = bytes.Length > 100_000;
                    if (type is not null)
                        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                }
            }
        );
    }

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (name.StartsWith("Content-", StringComparison.Ordinal))
        {
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.Remove(name);
            request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        else
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private string Good(string path, string name) =>
        things.TryGetValue($"{path} {name}", out var here) || things.TryGetValue(name, out here)
            ? here
            : "019a8f3e-5b00-7e21-a1b2-c3d4e5f60718";

    private static (string Method, string Path) Parts(string operation) =>
        operation.Split(' ') is [var method, var path] ? (method, path) : throw new ArgumentException(operation);
}
