using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tenantry.Foundation.Hosting.Settings;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The OpenAPI 3.1 document. Statuses come from the handlers' own types; what the pipeline can answer besides is added here.
/// </summary>
public static class OpenApi
{
    public const string DocumentPath = "/api-docs/openapi.json";

    private const string Bearer = "bearer";

    public static void AddApiDocument(
        this IServiceCollection services,
        Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf
    ) =>
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = NameOfSchema;
            options.AddDocumentTransformer(Describe);
            options.AddOperationTransformer((operation, context, _) => Complete(operation, context, accessOf));
            options.AddSchemaTransformer(AddExample);
        });

    private static Task Describe(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancel
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "Tenantry",
            Version = context.ApplicationServices.GetRequiredService<ServiceSettings>().ApiVersion,
            Description =
                "Sign-up and sign-in, tenants whose data cannot mix, roles and permissions, messages and files for several applications.\n\n"
                + "Name the tenant of an anonymous request in `X-Tenant` (slug or id) or by its host. Every answer that is not a success is a problem document (RFC 9457); `code` is stable.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Where it runs is the reader's business: paths are enough, and the document stays the same everywhere.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token of `POST /auth/login`.",
            },
        };
        return Task.CompletedTask;
    }

    private static async Task Complete(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf
    )
    {
        var access = accessOf(new EndpointMetadataCollection(context.Description.ActionDescriptor.EndpointMetadata));
        if (access.NeedsToken)
        {
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] },
            ];
            Add(401);
            if (access.Permissions.Count > 0)
            {
                Add(403);
                operation.Description +=
                    $"\n\nNeeds {string.Join(" or ", access.Permissions.Select(permission => $"`{permission}`"))}.";
            }
        }
        else if (access.IsOfTenant)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = "X-Tenant",
                    In = ParameterLocation.Header,
                    Description = "Slug or id of the tenant, where the host does not name it.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }
        if (access.IsOfTenant)
        {
            Add(401); // a token shown to another tenant's address
            Add(404);
            Add(429);
            Add(503);
        }
        // Somebody else may change the same thing at the same moment.
        if (
            access.IsOfTenant
            && context.Description.HttpMethod is { } method
            && !HttpMethods.IsGet(method)
            && !HttpMethods.IsHead(method)
        )
            Add(409);
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<PageRequest.Paged>().Any())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = "limit",
                    In = ParameterLocation.Query,
                    Description = "How many to answer at most.",
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Integer,
                        Minimum = "1",
                        Maximum = "200",
                        Default = 50,
                    },
                }
            );
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = "cursor",
                    In = ParameterLocation.Query,
                    Description = "`next_cursor` of the page before.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
            Add(400);
        }
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Idempotent>().Any())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = Idempotent.Header,
                    In = ParameterLocation.Header,
                    Description =
                        "Made up by the caller for something new, and said again with each retry: a retry within 24 hours does nothing more and gets the first answer.",
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.String,
                        MinLength = 1,
                        MaxLength = 255,
                    },
                }
            );
            Add(400);
            Add(409);
            Add(422);
        }
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesFile>().Any())
        {
            operation.Parameters = [.. operation.Parameters ?? [], .. TakesFile.Parameters()];
            operation.RequestBody = TakesFile.Describe();
        }
        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Query) == true)
            Add(400); // U+0000 in one of them
        if (operation.RequestBody is not null)
        {
            Add(400);
            Add(413);
            Add(415);
        }
        if (context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true)
            Add(403); // without TLS, where it is asked for
        Add(500);
        if (
            context
                .Description.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>()
                .Any(produced => produced.StatusCode == 304)
        )
            operation.Responses!.TryAdd(
                "304",
                new OpenApiResponse { Description = "The caller has this version already (`If-None-Match`)." }
            );

        if (operation.Responses!.ContainsKey("412"))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = "If-Match",
                    In = ParameterLocation.Header,
                    Description =
                        "The `ETag` of what was read: the change is made to that or not at all. Without it the last write wins.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                }
            );
        }

        if (
            context.Description.ActionDescriptor.EndpointMetadata.OfType<Deprecation>().SingleOrDefault() is
            { } deprecation
        )
        {
            operation.Deprecated = true;
            operation.Description +=
                $"\n\nDeprecated since {deprecation.Since:O}{(deprecation.Sunset is { } sunset ? $", and may be gone from {sunset:O} on" : "")}: {deprecation.Link}";
        }

        // What the endpoint says of itself, before the comment on its handler, which is for whoever reads the code.
        operation.Summary =
            context
                .Description.ActionDescriptor.EndpointMetadata.OfType<IEndpointSummaryMetadata>()
                .LastOrDefault()
                ?.Summary
            ?? operation.Summary;
        operation.OperationId = IdOf(context.Description.HttpMethod!, context.Description.RelativePath!);
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(nameof(ProblemDocument)) != true)
            document.AddComponent(
                nameof(ProblemDocument),
                await context.GetOrCreateSchemaAsync(typeof(ProblemDocument))
            );
        // In the same order and words everywhere, wherever a status was declared; told once, as every operation has ten of them.
        var responses = operation.Responses.OrderBy(response => response.Key, StringComparer.Ordinal).ToList();
        operation.Responses.Clear();
        foreach (var (status, response) in responses)
            operation.Responses[status] = status[0] is '4' or '5' ? Reference(status) : response;

        void Add(int status) =>
            (operation.Responses ??= []).TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse());

        OpenApiResponseReference Reference(string status)
        {
            var name = "Problem" + status;
            if (document.Components?.Responses?.ContainsKey(name) != true)
                document.AddComponent(name, Problem(int.Parse(status, CultureInfo.InvariantCulture)));
            return new OpenApiResponseReference(name, document);
        }

        OpenApiResponse Problem(int status) =>
            new()
            {
                Description = Problems.ForStatus(status).Title,
                Headers = status is 429 or 503
                    ? new Dictionary<string, IOpenApiHeader>
                    {
                        ["Retry-After"] = new OpenApiHeader
                        {
                            Description = "Seconds after which it is worth another try.",
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

    /// <summary>
    /// <c>POST /api/v1/users/{id}/deactivate</c> is <c>postUsersByIdDeactivate</c>: what generated code calls the operation. By the path, which is a promise, and not by a
    /// method of ours, which may be named anew.
    /// </summary>
    private static string IdOf(string method, string path)
    {
        var words = path.Split('/')
            .SkipWhile((segment, at) => at < 2 && path.StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(segment =>
                segment.StartsWith('{') ? ["by", segment[1..^1].Split(':')[0]] : segment.Split('-', '.')
            );
        return method.ToLowerInvariant()
            + string.Concat(
                words.Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..])
            );
    }

    /// <summary>
    /// A nested <c>Login.Request</c> is <c>LoginRequest</c>, a <c>Page</c> of <c>OwnSessions.Document</c> is <c>PageOfOwnSessionsDocument</c>: by its
    /// short name it would be the page of every other <c>Document</c> too. JSON of any kind has no name, as there is nothing to say of it.
    /// </summary>
    private static string? NameOfSchema(JsonTypeInfo type)
    {
        if (
            (Nullable.GetUnderlyingType(type.Type) ?? type.Type) == typeof(JsonElement)
            || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not { } name
        )
            return null;
        if (type.Type.IsGenericType && type.Kind == JsonTypeInfoKind.Object)
            name =
                type.Type.Name.Split('`')[0]
                + "Of"
                + string.Concat(
                    type.Type.GetGenericArguments().Select(of => NameOfSchema(type.Options.GetTypeInfo(of)) ?? of.Name)
                );
        return type.Type.DeclaringType is { } outer
            ? outer.Name.Replace("Endpoints", "", StringComparison.Ordinal) + name
            : name;
    }

    private static Task AddExample(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancel
    )
    {
        // A converter of our own says nothing of what it writes.
        if (
            (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type)
            == typeof(DateTimeOffset)
        )
            schema.Type =
                context.JsonPropertyInfo?.PropertyType == typeof(DateTimeOffset?)
                    ? JsonSchemaType.String | JsonSchemaType.Null
                    : JsonSchemaType.String;
        // Who may leave it out says so itself: in the list of an enum, null would be there for everybody who refers to it.
        if (schema.Enum is { } names)
            schema.Enum = [.. names.Where(name => name is not null && !JsonNullSentinel.IsJsonNullSentinel(name))];
        if (context.JsonPropertyInfo is { } property)
            DescribeMember(schema, property);
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
            DescribeObject(schema, context.JsonTypeInfo);
        if (context.JsonPropertyInfo is not null || ExampleOf(context.JsonTypeInfo.Type) is not { } example)
            return Task.CompletedTask;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        schema.Examples = [JsonSerializer.SerializeToNode(example, context.JsonTypeInfo.Type, json)!];
        return Task.CompletedTask;
    }

    /// <summary>What validation asks of a member, told to generated clients. A record has it on the parameter of its constructor.</summary>
    private static void DescribeMember(OpenApiSchema schema, JsonPropertyInfo property)
    {
        foreach (var rule in RulesOf(property))
        {
            if (rule is NeededAttribute)
                schema.Type &= ~JsonSchemaType.Null;
            (rule as ISchemaRule)?.Describe(schema);
        }
        if (IsLeftOut(property))
            schema.Type &= ~JsonSchemaType.Null;
        // Where a client throws a problem, the exception says this. Kiota's word for it; others leave it alone.
        if (property is { DeclaringType.Name: nameof(ProblemDocument), Name: "title" })
            (schema.Extensions ??= new Dictionary<string, IOpenApiExtension>())["x-ms-primary-error-message"] =
                new JsonNodeExtension(true);
    }

    /// <summary>A request refuses members that it does not know and needs those that it says; an answer may grow.</summary>
    private static void DescribeObject(OpenApiSchema schema, JsonTypeInfo type)
    {
        var isRequest = type.Type.Name == "Request" || type.Properties.Any(property => RulesOf(property).Any());
        schema.AdditionalPropertiesAllowed = !isRequest;
        if (isRequest)
            schema.Required = type
                .Properties.Where(property => RulesOf(property).OfType<NeededAttribute>().Any())
                .Select(property => property.Name)
                .ToHashSet(StringComparer.Ordinal);
        else
            schema.Required?.ExceptWith(type.Properties.Where(IsLeftOut).Select(property => property.Name));
    }

    /// <summary>Whether an answer has the member only where there is something to say: it is never null then.</summary>
    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false)
            is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static IEnumerable<ValidationAttribute> RulesOf(JsonPropertyInfo property)
    {
        var member = property.AttributeProvider as MemberInfo;
        var parameter = member
            ?.DeclaringType?.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .FirstOrDefault(p => p.Name == member.Name);
        return parameter?.GetCustomAttributes<ValidationAttribute>() ?? [];
    }

    private static object? ExampleOf(Type type) =>
        type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IExample<>))
            ? type.GetProperty("Example")!.GetValue(null)
            : null;
}

/// <summary>A validation that a JSON schema can express.</summary>
public interface ISchemaRule
{
    void Describe(OpenApiSchema schema);
}

/// <summary>What the document says of who may call an operation.</summary>
public sealed record AccessOfEndpoint(bool NeedsToken, bool IsOfTenant, IReadOnlyList<string> Permissions);
