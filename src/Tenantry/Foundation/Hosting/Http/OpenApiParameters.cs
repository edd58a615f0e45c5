using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Parameters that many operations share, and descriptions of the parameters in paths.</summary>
internal static class OpenApiParameters
{
    /// <summary>The parameter that follows each segment of a path.</summary>
    private static readonly IReadOnlyDictionary<string, string> AfterSegment = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["audit-events"] = "The audit event's id.",
        ["devices"] = "The device's id.",
        ["files"] = "The file's id.",
        ["links"] = "The share link's id.",
        ["notifications"] = "The message's id.",
        ["permissions"] = "The permission's id.",
        ["roles"] = "The role's id.",
        ["sessions"] = "The session's id.",
        ["suppressions"] = "The suppression's id.",
        ["templates"] = "The template's id.",
        ["tenants"] = "The tenant's id.",
        ["uploads"] = "The upload's id.",
        ["users"] = "The user's id.",
        ["versions"] = "The number of the template's version.",
    };

    /// <summary>
    /// Describes each path parameter by the segment before it, where the handler has no description of it.
    /// </summary>
    public static void DescribePath(OpenApiOperation operation, string path)
    {
        var segments = path.Split('/');
        foreach (
            var parameter in operation
                .Parameters?.OfType<OpenApiParameter>()
                .Where(parameter => parameter is { In: ParameterLocation.Path, Description: null or "" })
                ?? []
        )
        {
            var at = Array.FindIndex(
                segments,
                segment => segment.TrimStart('{').TrimEnd('}').Split(':')[0] == parameter.Name
            );
            if (at > 0)
                parameter.Description = AfterSegment.GetValueOrDefault(segments[at - 1]);
        }
    }

    public static OpenApiParameter Tenant() =>
        new()
        {
            Name = "X-Tenant",
            In = ParameterLocation.Header,
            Description = "The tenant's slug or id. Required where the host does not name the tenant.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    public static OpenApiParameter Limit() =>
        new()
        {
            Name = "limit",
            In = ParameterLocation.Query,
            Description = "The largest number of items to return.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = "200",
                Default = 50,
            },
        };

    public static OpenApiParameter Cursor() =>
        new()
        {
            Name = "cursor",
            In = ParameterLocation.Query,
            Description = "The `next_cursor` of the previous page.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };

    public static OpenApiParameter IdempotencyKey() =>
        new()
        {
            Name = Idempotent.Header,
            In = ParameterLocation.Header,
            Description =
                "A unique text that the caller creates for each new operation and repeats in each retry. A retry within 24 hours returns the first response and has no further effect.",
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = 255,
            },
        };

    public static OpenApiParameter IfMatch() =>
        new()
        {
            Name = "If-Match",
            In = ParameterLocation.Header,
            Description =
                "The `ETag` of the version that was read. The change is refused if the record has another version. The weak form of a tag (`W/\"…\"`), as a compressing proxy writes it, is the same version. Without this header the last write wins.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
