using System.Text.Json;
using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// What the JSON of a <see cref="JsonElement"/> member looks like, for the OpenAPI document. The framework describes
/// such a member as anything, and a generated client then has no type for it.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class JsonShapeAttribute : Attribute
{
    private const string Name = "shape";

    /// <summary>The type of each member's value in a JSON object. Null: an object with any members.</summary>
    public Type? MapOf { get; init; }

    /// <summary>The type of the items of a JSON array.</summary>
    public Type? ListOf { get; init; }

    internal void Describe(OpenApiSchema schema, bool isNullable)
    {
        schema.Type =
            (ListOf is null ? JsonSchemaType.Object : JsonSchemaType.Array) | (isNullable ? JsonSchemaType.Null : 0);
        if ((ListOf ?? MapOf) is { } part)
            (schema.Metadata ??= new Dictionary<string, object>())[Name] = part.Name;
        else
            schema.AdditionalProperties = new OpenApiSchema();
    }

    /// <summary>
    /// Refers to the schemas of items and values. While the framework makes a schema, it takes a reference for one that
    /// it made itself, and fails.
    /// </summary>
    internal static void Refer(OpenApiDocument document)
    {
        var members =
            from schema in document.Components?.Schemas?.Values ?? []
            from member in schema.Properties?.Values ?? []
            select member as OpenApiSchema;
        foreach (var member in members.OfType<OpenApiSchema>())
        {
            if (member.Metadata?.Remove(Name, out var part) != true)
                continue;
            var reference = new OpenApiSchemaReference((string)part!, document);
            if (member.Type?.HasFlag(JsonSchemaType.Array) == true)
                member.Items = reference;
            else
                member.AdditionalProperties = reference;
        }
    }
}
