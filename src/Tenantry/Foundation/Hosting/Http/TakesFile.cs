using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Metadata of an upload endpoint, for its documentation. The handler reads the body as a stream, so the framework
/// cannot describe it.
/// </summary>
public sealed record TakesFile
{
    /// <summary>Parameters for a body that is the file itself. A form has fields instead.</summary>
    internal static IEnumerable<OpenApiParameter> Parameters() =>
        [
            new()
            {
                Name = "metadata",
                In = ParameterLocation.Query,
                Description = "The file's metadata as a JSON object, where the body is the file itself.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            new()
            {
                Name = "tags",
                In = ParameterLocation.Query,
                Description = "The file's tags, separated by commas, where the body is the file itself.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            new()
            {
                Name = "Content-Disposition",
                In = ParameterLocation.Header,
                Description =
                    "The name of the file, where the body is the file itself: `attachment; filename=\"invoice.pdf\"`.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        ];

    internal static OpenApiRequestBody Describe() =>
        new()
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["multipart/form-data"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["metadata"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Description = "The file's metadata as a JSON object. It must precede the file.",
                            },
                            ["tags"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Description = "The file's tags, separated by commas. They must precede the file.",
                            },
                            ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        },
                    },
                },
                ["application/octet-stream"] = new()
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                },
            },
        };
}
