using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>On the endpoint of an upload, for its documentation: its body is read as it comes, by nothing that could describe it.</summary>
public sealed record TakesFile
{
    /// <summary>What stands beside a body that is the file itself. A form has them as fields.</summary>
    internal static IEnumerable<OpenApiParameter> Parameters() =>
        [
            new()
            {
                Name = "metadata",
                In = ParameterLocation.Query,
                Description = "A JSON object, where the body is the file itself.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            new()
            {
                Name = "tags",
                In = ParameterLocation.Query,
                Description = "With commas between them, where the body is the file itself.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            new()
            {
                Name = "Content-Disposition",
                In = ParameterLocation.Header,
                Description = "The name of a file that is the body itself: `attachment; filename=\"invoice.pdf\"`.",
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
                                Description = "A JSON object; before the file.",
                            },
                            ["tags"] = new OpenApiSchema
                            {
                                Type = JsonSchemaType.String,
                                Description = "With commas between them; before the file.",
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
