using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The problem responses of the OpenAPI document. Each status is one component that all operations refer to, because an
/// operation has about ten of them.
/// </summary>
internal static class OpenApiResponses
{
    /// <summary>Sorts the responses by status and replaces each problem by a reference to its component.</summary>
    public static async Task Share(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(nameof(ProblemDocument)) != true)
            document.AddComponent(
                nameof(ProblemDocument),
                await context.GetOrCreateSchemaAsync(typeof(ProblemDocument))
            );
        var responses = operation.Responses!.OrderBy(response => response.Key, StringComparer.Ordinal).ToList();
        operation.Responses!.Clear();
        foreach (var (status, response) in responses)
            operation.Responses[status] = status[0] is '4' or '5' ? Reference(document, status) : response;
    }

    private static OpenApiResponseReference Reference(OpenApiDocument document, string status)
    {
        var name = "Problem" + status;
        if (document.Components?.Responses?.ContainsKey(name) != true)
            document.AddComponent(name, Problem(document, int.Parse(status, CultureInfo.InvariantCulture)));
        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponse Problem(OpenApiDocument document, int status) =>
        new()
        {
            Description = Problems.ForStatus(status).Title,
            Headers = status is 429 or 503
                ? new Dictionary<string, IOpenApiHeader>
                {
                    ["Retry-After"] = new OpenApiHeader
                    {
                        Description = "Seconds to wait before the next attempt.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    },
                }
                : null,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemDocument.MediaType] = new()
                {
                    Schema = new OpenApiSchemaReference(nameof(ProblemDocument), document),
                },
            },
        };
}
