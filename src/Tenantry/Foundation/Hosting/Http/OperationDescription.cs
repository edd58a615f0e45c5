using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Completes an operation of the OpenAPI document with the parameters and responses that come from its metadata and
/// from the request pipeline.
/// </summary>
internal sealed class OperationDescription(
    OpenApiOperation operation,
    OpenApiOperationTransformerContext context,
    Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf
)
{
    private readonly IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;

    public async Task Complete()
    {
        AddAccess(accessOf(new EndpointMetadataCollection(metadata)));
        AddPaging();
        AddParameterRules();
        AddIdempotency();
        AddBody();
        AddPreconditions();
        AddDeprecation();
        AddResponse(400); // U+0000 in the query
        if (context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true)
            AddResponse(403); // a request without TLS, where HTTPS_REQUIRED is set
        AddResponse(500);

        OpenApiParameters.DescribePath(operation, context.Description.RelativePath!);
        // The endpoint's own summary wins over the comment on its handler, which is for readers of the code.
        operation.Summary = metadata.OfType<IEndpointSummaryMetadata>().LastOrDefault()?.Summary ?? operation.Summary;
        operation.OperationId = IdOf(context.Description.HttpMethod!, context.Description.RelativePath!);
        await OpenApiResponses.Share(operation, context);
    }

    private void AddAccess(AccessOfEndpoint access)
    {
        // An empty list states that no token is needed.
        operation.Security = [];
        if (access.NeedsToken)
        {
            operation.Security.Add(
                new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(OpenApi.Bearer, context.Document)] = [],
                }
            );
            AddResponse(401);
            if (access.Permissions.Count > 0)
            {
                AddResponse(403);
                operation.Description +=
                    $"\n\nRequires {string.Join(" or ", access.Permissions.Select(permission => $"`{permission}`"))}.";
            }
        }
        else if (access.IsOfTenant)
        {
            AddParameter(OpenApiParameters.Tenant());
        }
        if (!access.IsOfTenant)
            return;
        AddResponse(401); // a token that is sent to another tenant's address
        AddResponse(404);
        AddResponse(429);
        AddResponse(503);
        // Another caller can change the same record at the same time.
        if (context.Description.HttpMethod is { } method && !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
            AddResponse(409);
    }

    private void AddPaging()
    {
        if (!metadata.OfType<PageRequest.Paged>().Any())
            return;
        AddParameter(OpenApiParameters.Limit());
        AddParameter(OpenApiParameters.Cursor());
    }

    private void AddParameterRules()
    {
        foreach (var described in context.Description.ParameterDescriptions)
        {
            var rules = (described.ParameterDescriptor as IParameterInfoParameterDescriptor)
                ?.ParameterInfo.GetCustomAttributes(inherit: false)
                .OfType<IParameterRule>();
            Describe(described.Name, rules ?? []);
        }
        foreach (var parameter in metadata.OfType<AcceptedQuery>().SelectMany(query => query.All))
            Describe(parameter.Name, parameter.Rules);

        void Describe(string name, IEnumerable<IParameterRule> rules)
        {
            if (operation.Parameters?.FirstOrDefault(one => one.Name == name)?.Schema is OpenApiSchema schema)
            {
                foreach (var rule in rules)
                    rule.Describe(schema);
            }
        }
    }

    private void AddIdempotency()
    {
        if (!metadata.OfType<Idempotent>().Any())
            return;
        AddParameter(OpenApiParameters.IdempotencyKey());
        AddResponse(409);
        AddResponse(422);
    }

    private void AddBody()
    {
        if (metadata.OfType<TakesFile>().Any())
        {
            foreach (var parameter in TakesFile.Parameters())
                AddParameter(parameter);
            operation.RequestBody = TakesFile.Describe();
        }
        // With generated delegates, each field of a form is described as a file.
        var fields = context
            .Description.ParameterDescriptions.Where(one => one.Source == BindingSource.FormFile)
            .ToList();
        if (fields.Count > 0)
            operation.RequestBody = FormOf(fields);
        if (operation.RequestBody is null)
            return;
        AddResponse(413);
        AddResponse(415);
    }

    /// <summary>
    /// With generated delegates, a form with one field is described as if the body were that field, in two media types
    /// (findings/openapi-of-generated-delegates-loses-form-fields.sh). Generators then send something else, so there is
    /// one type, which the service's own pages send.
    /// </summary>
    private static OpenApiRequestBody FormOf(IEnumerable<ApiParameterDescription> fields) =>
        new()
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/x-www-form-urlencoded"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = fields.ToDictionary(
                            field => field.Name,
                            IOpenApiSchema (field) =>
                                new OpenApiSchema
                                {
                                    Type = JsonSchemaType.String,
                                    Description = (field.ParameterDescriptor as IParameterInfoParameterDescriptor)
                                        ?.ParameterInfo.GetCustomAttribute<DescriptionAttribute>()
                                        ?.Description,
                                },
                            StringComparer.Ordinal
                        ),
                    },
                },
            },
        };

    private void AddPreconditions()
    {
        if (metadata.OfType<IProducesResponseTypeMetadata>().Any(produced => produced.StatusCode == 304))
            operation.Responses!.TryAdd(
                "304",
                new OpenApiResponse { Description = "The caller has the current version (`If-None-Match`)." }
            );
        if (operation.Responses!.ContainsKey("412"))
            AddParameter(OpenApiParameters.IfMatch());
    }

    private void AddDeprecation()
    {
        if (metadata.OfType<Deprecation>().SingleOrDefault() is not { } deprecation)
            return;
        operation.Deprecated = true;
        operation.Description +=
            $"\n\nDeprecated since {deprecation.Since:O}{(deprecation.Sunset is { } sunset ? $", and may be removed from {sunset:O} on" : "")}: {deprecation.Link}";
    }

    private void AddParameter(OpenApiParameter parameter) => (operation.Parameters ??= []).Add(parameter);

    private void AddResponse(int status) =>
        (operation.Responses ??= []).TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse());

    /// <summary>
    /// <c>POST /api/v1/users/{id}/deactivate</c> is <c>postUsersByIdDeactivate</c>: the name of the operation in
    /// generated code. It is derived from the path, which is a contract, and not from the name of a method, which may
    /// change.
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
}
