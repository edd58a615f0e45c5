using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Foundation.Security.Access;

/// <summary>Holds each request against what its endpoint declares. What declares nothing is refused.</summary>
public sealed class AccessRules(RequestDelegate next)
{
    // No endpoint: routing answers 404 or 405 by itself.
    public Task Invoke(HttpContext http, TenantContext context) =>
        new ValueTask<Refusal?>(http.GetEndpoint() is { } endpoint ? Refuse(endpoint, http, context) : null).OrElse(
            next,
            http
        );

    /// <returns>null: the caller may, and acts from here on</returns>
    internal static Refusal? Refuse(Endpoint endpoint, HttpContext http, TenantContext context)
    {
        var rule = endpoint.Metadata.GetMetadata<WhoMay>();
        // Routing's own endpoints for 405 and 415 carry no declaration and no data.
        if (rule is Anybody || (rule is null && endpoint is not RouteEndpoint))
            return null;
        if (context is not { IsSet: true, Caller: { } caller })
            return BearerAuthentication.Refusal(http);
        if (rule is SignedInUser || (rule is HolderOf needs && needs.Permissions.Any(caller.May)))
        {
            context.Act(byPermission: rule is HolderOf);
            return null;
        }
        return rule switch
        {
            HolderOf holder => Problems.Denied(
                Problems.PermissionDenied,
                $"Needs {string.Join(" or ", holder.Permissions)}."
            ),
            _ => Problems.Denied(Problems.PermissionDenied, "The operation says nothing about who may call it."),
        };
    }

    /// <summary>For the documentation of an operation.</summary>
    public static AccessOfEndpoint Describe(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<WhoMay>() switch
        {
            HolderOf holder => new AccessOfEndpoint(NeedsToken: true, IsOfTenant: true, holder.Permissions),
            SignedInUser => new AccessOfEndpoint(NeedsToken: true, IsOfTenant: true, []),
            _ => new AccessOfEndpoint(NeedsToken: false, metadata.GetMetadata<OutsideTenants>() is null, []),
        };

    /// <summary>Deny by default, told at start rather than to the first caller.</summary>
    public static void DemandDeclarations(IEnumerable<Endpoint> endpoints)
    {
        var silent = endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<WhoMay>().Count != 1)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (silent.Count > 0)
            throw new InvalidOperationException(
                "These endpoints do not say, once, who may call them (Anonymous, SignedIn or Requires): "
                    + string.Join(", ", silent)
            );
    }
}
