using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tenantry.Tests.Clients;

/// <summary>Documented bodies as calls of the TypeScript client, a call in each line.</summary>
internal static class TypeScriptCalls
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Source(DocumentedBodies documentation, IEnumerable<DocumentedBody> bodies)
    {
        var source = new StringBuilder("import type { TenantrySession } from \"@tenantry/client\";\n");
        source.Append("export async function bodies({ api }: TenantrySession): Promise<void> {\n");
        foreach (var body in bodies)
            source.Append(Call(documentation, body));
        return source.Append("}\n").ToString();
    }

    private static string Call(DocumentedBodies documentation, DocumentedBody one)
    {
        var parameters = documentation.Operation(one)["parameters"]?.AsArray() ?? [];
        var path = one.Arguments.Select(argument =>
            $"{argument.Key}: {(parameters.Single(p => p!["name"]!.GetValue<string>() == argument.Key)!["schema"]!["type"]?.ToJsonString().Contains("integer", StringComparison.Ordinal) == true ? argument.Value : JsonSerializer.Serialize(argument.Value))}"
        );
        var arguments = one.Arguments.Count == 0 ? "" : $"params: {{ path: {{ {string.Join(", ", path)} }} }}, ";
        return $"  await api.{one.Method}(\"{one.Path}\", {{ {arguments}body: {one.Body.ToJsonString(Plain)} }});\n";
    }
}
