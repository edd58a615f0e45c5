using System.Text.Json.Nodes;

namespace Tenantry.Commands;

/// <summary>An operation of the OpenAPI document, and the requests that try to access the other tenant by it.</summary>
internal sealed record ProofOperation(
    HttpMethod Method,
    string Path,
    IReadOnlyList<JsonNode> Parameters,
    JsonNode? Schema
)
{
    private IReadOnlyList<string> Placeholders =>
        [.. Path.Split('/').Where(part => part.StartsWith('{') && part != "{revision}")];

    public override string ToString() => $"{Method} {Path}";

    public static IEnumerable<ProofOperation> Of(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        where path.Key.StartsWith("/api/", StringComparison.Ordinal)
        from operation in path.Value!.AsObject()
        let body = operation.Value!["requestBody"]?["content"]?["application/json"]?["schema"]
        select new ProofOperation(
            HttpMethod.Parse(operation.Key),
            path.Key,
            [.. (operation.Value!["parameters"]?.AsArray() ?? []).Select(parameter => parameter!)],
            body is null ? null : Resolve(document, body)
        );

    public IEnumerable<ProofRequest> Requests(ProofTenant victim, ProofTenant attacker)
    {
        var own = Fill(attacker);
        // Each path parameter alone with the other tenant's id, and then all together.
        foreach (var placeholder in Placeholders)
            yield return WithId(
                $"path {placeholder}",
                Fill(attacker, (placeholder, victim)),
                "",
                Example(),
                Id(victim, placeholder)
            );
        if (Placeholders.Count > 1)
            yield return WithId(
                "whole path",
                Fill(victim),
                "",
                Example(),
                [.. Placeholders.Select(placeholder => Id(victim, placeholder))]
            );
        foreach (var (name, kind) in IdMembers())
        {
            var body = Example()!;
            body[name] = victim.Ids[kind].ToString();
            yield return WithId($"body {name}", own, "", body, victim.Ids[kind].ToString());
        }
        foreach (
            var name in Parameters
                .Where(parameter => parameter["in"]!.GetValue<string>() == "query")
                .Select(parameter => parameter["name"]!.GetValue<string>())
        )
        {
            if (name.EndsWith("_id", StringComparison.Ordinal))
                yield return WithId(
                    $"query {name}",
                    own,
                    $"?{name}={victim.Ids[KindOf(name)]}&permission=users:read",
                    Example(),
                    victim.Ids[KindOf(name)].ToString()
                );
            else if (victim.FilterValues.TryGetValue(name, out var text))
                yield return new ProofRequest(
                    $"query {name}",
                    own,
                    $"?{name}={Uri.EscapeDataString(text)}",
                    Example(),
                    [text],
                    IsId: false
                );
        }
        if (Placeholders.Count == 0)
            yield return new ProofRequest("unchanged", own, "", Example(), [], IsId: false);

        static ProofRequest WithId(
            string where,
            string path,
            string query,
            JsonNode? body,
            params IReadOnlyList<string> values
        ) => new(where, path, query, body, values, IsId: true);
    }

    private string Fill(ProofTenant usual, params (string Placeholder, ProofTenant From)[] others) =>
        string.Join(
            '/',
            Path.Split('/')
                .Select(part =>
                    !part.StartsWith('{')
                        ? part
                        : Id(others.FirstOrDefault(other => other.Placeholder == part).From ?? usual, part)
                )
        );

    private string Id(ProofTenant of, string placeholder)
    {
        if (placeholder == "{revision}")
            return "1"; // every template has this version
        var parts = Path.Split('/');
        return of.Ids[parts[Array.IndexOf(parts, placeholder) - 1]].ToString();
    }

    private IEnumerable<(string Name, string Kind)> IdMembers() =>
        from property in Schema?["properties"]?.AsObject() ?? []
        where property.Key.EndsWith("_id", StringComparison.Ordinal)
        select (property.Key, KindOf(property.Key));

    private JsonNode? Example() => Schema?["examples"]?[0]?.DeepClone();

    private static string KindOf(string member) =>
        member switch
        {
            "user_id" or "actor_id" => "users",
            "target_id" => "targets",
            "tenant_id" => "tenants",
            "session_id" => "sessions",
            _ => "roles",
        };

    private static JsonNode Resolve(JsonNode document, JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference
            ? document["components"]!["schemas"]![reference.Split('/')[^1]]!
        : schema["oneOf"] is JsonArray choices
            ? Resolve(document, choices.First(choice => choice!["$ref"] is not null)!)
        : schema;
}
