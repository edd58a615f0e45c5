using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tenantry.Foundation.Settings;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Http;

/// <summary>
/// The OpenAPI 3.1 document. Statuses come from the handlers' own types; what the pipeline can answer besides is added here.
/// </summary>
public static class OpenApi
{
    public const string DocumentPath = "/api-docs/openapi.json";

    private const string Bearer = "bearer";

    public static void AddApiDocument(this IServiceCollection services, Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = NameOfSchema;
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer((operation, context, _) => Complete(operation, context, accessOf));
        options.AddSchemaTransformer(AddExample);
    });

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancel)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Tenantry",
            Version = context.ApplicationServices.GetRequiredService<ServiceSettings>().ApiVersion,
            Description = "Sign-up and sign-in, tenants whose data cannot mix, roles and permissions, messages and files for several applications.\n\n"
                + "Name the tenant of an anonymous request in `X-Tenant` (slug or id) or by its host. Every answer that is not a success is a problem document (RFC 9457); `code` is stable.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Where it runs is the reader's business: paths are enough, and the document stays the same everywhere.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The access token of `POST /auth/login`." },
        };
        return Task.CompletedTask;
    }

    private static async Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf)
    {
        var access = accessOf(new EndpointMetadataCollection(context.Description.ActionDescriptor.EndpointMetadata));
        if (access.NeedsToken)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            await Add(401);
            if (access.Permissions.Count > 0)
            {
                await Add(403);
                operation.Description += $"\n\nNeeds {string.Join(" or ", access.Permissions.Select(permission => $"`{permission}`"))}.";
            }
        }
        else if (access.IsOfTenant)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "X-Tenant",
                In = ParameterLocation.Header,
                Description = "Slug or id of the tenant, where the host does not name it.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
        if (access.IsOfTenant)
        {
            await Add(404);
            await Add(503);
        }
        if (operation.RequestBody is not null)
        {
            await Add(400);
            await Add(413);
            await Add(415);
        }
        await Add(500);

        async Task Add(int status)
        {
            operation.Responses ??= [];
            var key = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (!operation.Responses.ContainsKey(key))
            {
                operation.Responses[key] = new OpenApiResponse
                {
                    Description = Problems.ForStatus(status).Title,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        [ProblemDocument.MediaType] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(ProblemDocument)) },
                    },
                };
            }
        }
    }

    /// <summary>A nested <c>Login.Request</c> is <c>LoginRequest</c>.</summary>
    private static string? NameOfSchema(JsonTypeInfo type) =>
        OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name && type.Type.DeclaringType is { } outer ? outer.Name + name : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    private static Task AddExample(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        if (context.JsonPropertyInfo is not null || ExampleOf(context.JsonTypeInfo.Type) is not { } example)
            return Task.CompletedTask;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        schema.Examples = [JsonSerializer.SerializeToNode(example, context.JsonTypeInfo.Type, json)!];
        return Task.CompletedTask;
    }

    private static object? ExampleOf(Type type) =>
        type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IExample<>))
            ? type.GetProperty("Example")!.GetValue(null)
            : null;
}

/// <summary>What the document says of who may call an operation.</summary>
public sealed record AccessOfEndpoint(bool NeedsToken, bool IsOfTenant, IReadOnlyList<string> Permissions);
