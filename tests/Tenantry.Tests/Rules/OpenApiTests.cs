using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// The OpenAPI document is part of the contract: a change of it is seen in review, as a change of docs/openapi.json.
/// </summary>
public sealed class OpenApiTests(SharedService shared) : IClassFixture<SharedService>
{
    private const string Snapshot = "docs/openapi.json";

    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_document_is_the_one_in_the_repository()
    {
        var served =
            (await Document()).ToJsonString(
                new()
                {
                    WriteIndented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            ) + "\n";
        var path = Path.Combine(Repository.Root, Snapshot);
        var kept = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        if (served != kept && Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, kept = served, TestContext.Current.CancellationToken);

        (served == kept).ShouldBeTrue(
            $"The API changed. If that is meant: UPDATE_SNAPSHOTS=1 ./test -class {typeof(OpenApiTests).FullName}, and review {Snapshot}."
        );
    }

    [Fact]
    public async Task The_document_is_of_version_3_1() => (await Document()).Text("openapi").ShouldStartWith("3.1");

    [Fact]
    public async Task Every_operation_has_a_summary_and_a_description() =>
        (await Operations())
            .Where(o => IsMissing(o.Operation["summary"]) || IsMissing(o.Operation["description"]))
            .Select(o => o.Name)
            .ShouldBeEmpty();

    [Fact]
    public async Task Every_path_parameter_has_a_description() =>
        (await Operations())
            .SelectMany(o =>
                (o.Operation["parameters"]?.AsArray() ?? [])
                    .Where(parameter =>
                        parameter!["in"]!.GetValue<string>() == "path" && parameter["description"] is null
                    )
                    .Select(parameter => $"{o.Name}: {parameter!["name"]}")
            )
            .ShouldBeEmpty();

    [Fact]
    public async Task Every_operation_has_an_id_of_its_own()
    {
        var ids = (await Operations()).ConvertAll(o => o.Operation["operationId"]?.GetValue<string>() ?? "none");

        ids.ShouldBeUnique();
        ids.ShouldAllBe(id =>
            System.Text.RegularExpressions.Regex.IsMatch(id, "^(get|post|put|patch|delete)[A-Z][A-Za-z0-9]+$")
        );
        ids.ShouldContain("postUsersByIdDeactivate");
    }

    [Fact]
    public async Task Every_status_that_a_handler_says_it_can_answer_is_listed()
    {
        // From the handlers' own result types, not from the document.
        var operations = (await Document())["paths"]!.AsObject();
        var endpoints = service
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .ToList(); // a protocol that is described elsewhere
        endpoints.Count.ShouldBeGreaterThan(90);
        foreach (var endpoint in endpoints)
        {
            var path = System.Text.RegularExpressions.Regex.Replace(
                "/" + endpoint.RoutePattern.RawText!.Trim('/'),
                @":\w+\}",
                "}"
            );
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant();
            var listed = operations[path]![method]!["responses"]!.AsObject().Select(response => response.Key).ToList();
            foreach (
                var status in endpoint
                    .Metadata.OfType<IProducesResponseTypeMetadata>()
                    .Select(produced => produced.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture))
                    .Append("401")
            )
                listed.ShouldContain(status, $"{method} {path}");
        }
    }

    [Fact]
    public async Task Every_operation_lists_a_success_and_its_refusals_as_problems()
    {
        var document = await Document();
        foreach (var (name, operation) in Operations(document))
        {
            var responses = operation["responses"]!.AsObject();
            ApiDocument.Resolve(document, responses);
            responses.Any(response => response.Key.StartsWith('2') || response.Key.StartsWith('3')).ShouldBeTrue(name);
            responses.ContainsKey("500").ShouldBeTrue(name);
            if (operation["requestBody"] is not null)
                new[] { "400", "413", "415" }.All(responses.ContainsKey).ShouldBeTrue(name);
            if (operation["security"] is JsonArray { Count: > 0 })
                responses.ContainsKey("401").ShouldBeTrue(name);
            foreach (
                var (status, response) in responses.Where(response =>
                    response.Key.StartsWith('4') || response.Key.StartsWith('5')
                )
            )
                (response!["content"]?["application/problem+json"]).ShouldNotBeNull($"{name} {status}");
        }
    }

    [Fact]
    public async Task Each_operation_that_changes_data_documents_409() =>
        (await Operations())
            .Where(o =>
                !o.Name.StartsWith("get ", StringComparison.Ordinal) && o.Operation["responses"]!["409"] is null
            )
            .Select(o => o.Name)
            .ShouldBeEmpty();

    [Fact]
    public async Task A_list_of_names_holds_no_null() // it would be allowed twice where a member may be null, and so not at all
    {
        foreach (var (name, schema) in (await Document())["components"]!["schemas"]!.AsObject())
            (schema!["enum"]?.AsArray() ?? []).Contains(null).ShouldBeFalse(name);
    }

    [Fact]
    public async Task Every_body_of_a_request_comes_with_an_example()
    {
        var document = await Document();
        foreach (var (name, operation) in Operations(document).Where(o => o.Operation["requestBody"] is not null))
        {
            // A file and a form's field are their own examples.
            if (operation["requestBody"]!["content"]!["application/json"]?["schema"] is not { } schema)
                continue;
            var reference = (
                schema["$ref"]
                ?? schema["oneOf"]?.AsArray().Select(one => one!["$ref"]).FirstOrDefault(r => r is not null)
            )
                ?.GetValue<string>()
                .Split('/')[^1];
            reference.ShouldNotBeNull(name);
            document["components"]!["schemas"]![reference]!["examples"].ShouldNotBeNull($"{name}: {reference}");
        }
    }

    [Fact]
    public void Every_member_has_a_type_that_generated_clients_can_use()
    {
        var document = JsonNode.Parse(Repository.Read(Snapshot))!;
        var bodies =
            from operation in Operations(document)
            from content in operation.Operation["requestBody"]?["content"]?.AsObject() ?? []
            where content.Key.Contains("form", StringComparison.Ordinal)
            select (Name: operation.Name, Schema: content.Value!["schema"]!);

        document["components"]!["schemas"]!
            .AsObject()
            .SelectMany(one => Untyped(one.Key, one.Value!))
            .ShouldBe(["TemplateVariable.default"]); // it is of the variable's type, which may be any
        bodies
            .Where(body => body.Schema["properties"]?.AsObject() is not { Count: > 0 })
            .Select(body => body.Name)
            .ShouldBeEmpty();

        static IEnumerable<string> Untyped(string at, JsonNode schema)
        {
            if (schema["$ref"] is not null)
                return [];
            if (schema["oneOf"]?.AsArray() is { } choices)
                return choices.SelectMany(choice => Untyped(at, choice!));
            var (type, members) = (schema["type"]?.ToJsonString() ?? "", schema["properties"]?.AsObject());
            var isOpen =
                type.Contains("object", StringComparison.Ordinal)
                && members is null
                && schema["additionalProperties"] is null; // "an object without members" to most generators
            return (type.Length == 0 || isOpen ? [at] : Array.Empty<string>())
                .Concat((members ?? []).SelectMany(member => Untyped($"{at}.{member.Key}", member.Value!)))
                .Concat(schema["items"] is { } items ? Untyped(at + "[]", items) : []);
        }
    }

    [Fact]
    public async Task Who_needs_a_token_says_so()
    {
        foreach (
            var (name, operation) in (await Operations()).Where(o =>
                o.Name.Contains("/auth/me", StringComparison.Ordinal)
                || o.Name.Contains("/tenants", StringComparison.Ordinal)
            )
        )
            operation["security"]!.AsArray().ShouldNotBeEmpty(name);
    }

    [Theory]
    [InlineData("CreateTenantFirstAdmin", "email,first_name")]
    [InlineData("TemplateTranslation", "")]
    [InlineData("TemplateVariable", "name")]
    [InlineData("SendMessageRequest", "recipient")]
    [InlineData("LoginRequest", "email,password")]
    public async Task A_request_lists_as_required_only_what_it_must_contain(string schema, string members) =>
        Required((await Schemas())[schema]!)
            .ShouldBe(members.Split(',', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);

    [Theory]
    [InlineData("NewFileLinkDocument", "url")]
    [InlineData("ProblemDocument", "detail")]
    [InlineData("ProblemDocument", "quota")]
    public async Task A_member_that_is_never_null_says_so(string schema, string member) =>
        (await Schemas())[schema]!["properties"]![member]!.ToJsonString().ShouldNotContain("\"null\"");

    [Theory]
    [InlineData("post /api/v1/auth/login", "X-Session-Mode", "bearer,cookie")]
    [InlineData("get /api/v1/users", "status", "active,invited,unverified,deactivated")]
    [InlineData("get /api/v1/files/{id}/download", "disposition", "attachment,inline")]
    public async Task A_parameter_with_few_values_lists_them(string operation, string parameter, string values) =>
        (await Operations()).Single(one => one.Name == operation).Operation["parameters"]!
            .AsArray()
            .Single(one => one!["name"]!.GetValue<string>() == parameter)!["schema"]!["enum"]!
            .AsArray()
            .Select(value => value!.GetValue<string>())
            .ShouldBe(values.Split(','));

    [Theory]
    [InlineData("/swagger-ui/index.html")]
    [InlineData("/redoc/index.html")]
    public async Task A_documentation_page_takes_nothing_from_elsewhere(string page)
    {
        var answer = await service.At().Get(page);

        answer.Status.ShouldBe(200);
        foreach (
            var source in System
                .Text.RegularExpressions.Regex.Matches(answer.Text, """(?:src|href)=["']([^"']+)["']""")
                .Select(match => match.Groups[1].Value)
        )
        {
            source.ShouldNotContain("//");
            (await service.At().Get(new Uri(new Uri("http://x" + page), source).AbsolutePath)).Status.ShouldBe(
                200,
                source
            );
        }
    }

    /// <summary>Not there, null, or a text of nothing.</summary>
    private static bool IsMissing(JsonNode? text) => string.IsNullOrWhiteSpace(text?.GetValue<string>());

    private async Task<JsonNode> Document() => (await service.At().Get("/api-docs/openapi.json")).Json;

    private async Task<JsonObject> Schemas() => (await Document())["components"]!["schemas"]!.AsObject();

    private static List<string> Required(JsonNode schema) =>
        [.. (schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>())];

    private async Task<List<(string Name, JsonNode Operation)>> Operations() => Operations(await Document());

    private static List<(string Name, JsonNode Operation)> Operations(JsonNode document) =>
        [
            .. from path in document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            where operation.Key is "get" or "post" or "put" or "patch" or "delete"
            select ($"{operation.Key} {path.Key}", operation.Value),
        ];
}
