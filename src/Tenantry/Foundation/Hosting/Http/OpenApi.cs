using Microsoft.OpenApi;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The OpenAPI 3.1 document. Statuses come from the result types of the handlers; statuses of the request pipeline are
/// added.
/// </summary>
public static class OpenApi
{
    public const string DocumentPath = "/api-docs/openapi.json";

    internal const string Bearer = "bearer";

    /// <summary>What the operations of each tag are about.</summary>
    private static readonly IReadOnlyDictionary<string, string> Tags = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["Authentication"] = "Registration, sign-in, sessions, tokens, and the caller's own account.",
        ["Tenants"] = "Tenants, their settings, usage, custom domains and deletion.",
        ["Users"] = "Users of a tenant, their roles, sessions and invitations.",
        ["Roles"] = "Roles, permissions, and explanations of access decisions.",
        ["Notifications"] = "E-mail, SMS and push messages, with templates, devices and suppressions.",
        ["Files"] = "Uploads, downloads, metadata, share links and malware scans of files.",
        ["Audit"] = "The audit log of a tenant, and the signed heads of its chain.",
        ["Operations"] = "Health of an instance, for load balancers and orchestrators.",
    };

    public static void AddApiDocument(
        this IServiceCollection services,
        Func<EndpointMetadataCollection, AccessOfEndpoint> accessOf
    ) =>
        services
            .AddSingleton<BodyTypes>()
            .AddOpenApi(options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.CreateSchemaReferenceId = OpenApiSchemas.NameOf;
                options.AddDocumentTransformer(
                    (document, context, _) =>
                    {
                        Describe(
                            document,
                            context.ApplicationServices.GetRequiredService<ServiceSettings>().ApiVersion
                        );
                        OpenApiSchemas.RemoveNullOfLeftOut(document);
                        JsonShapeAttribute.Refer(document);
                        return Task.CompletedTask;
                    }
                );
                options.AddOperationTransformer(
                    (operation, context, _) => new OperationDescription(operation, context, accessOf).Complete()
                );
                options.AddSchemaTransformer(OpenApiSchemas.Describe);
            });

    private static void Describe(OpenApiDocument document, string version)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Tenantry",
            Version = version,
            Description =
                "Authentication, isolated tenants, roles and permissions, messages and files for multi-tenant applications.\n\n"
                + "An anonymous request names its tenant in the header `X-Tenant` (slug or id) or by its host. Every response that is not a success is a problem document (RFC 9457); its `code` is stable.",
            Contact = new OpenApiContact { Name = "The operator of this installation" },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative, so that the document is the same in each installation.
        document.Servers =
        [
            new OpenApiServer { Url = "/", Description = "The installation that serves this document." },
        ];
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = Tags.GetValueOrDefault(tag.Name ?? "");
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token from `POST /auth/login`.",
            },
        };
    }
}

/// <summary>A validation that a JSON schema can express.</summary>
public interface ISchemaRule
{
    void Describe(OpenApiSchema schema);
}

/// <summary>Who may call an operation, for the document.</summary>
public sealed record AccessOfEndpoint(bool NeedsToken, bool IsOfTenant, IReadOnlyList<string> Permissions);
