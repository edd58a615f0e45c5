using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Foundation.Security.Access;

/// <summary>Enforces the access declaration of the endpoint. A request to an endpoint without one is refused.</summary>
public sealed class AccessRules(RequestDelegate next)
{
    // Without an endpoint, routing answers 404 or 405.
    public Task Invoke(HttpContext http, TenantContext context) =>
        new ValueTask<Refusal?>(http.GetEndpoint() is { } endpoint ? Refuse(endpoint, http, context) : null).OrElse(
            next,
            http
        );

    /// <returns>null: the caller may call the endpoint, and further changes are made in the caller's name</returns>
    internal static Refusal? Refuse(Endpoint endpoint, HttpContext http, TenantContext context)
    {
        var rule = endpoint.Metadata.GetMetadata<AccessDeclaration>();
        // The endpoints of routing itself for 405 and 415 have no declaration and return no data.
        if (rule is AnonymousAccess || (rule is null && endpoint is not RouteEndpoint))
            return null;
        if (context is not { IsSet: true, Caller: { } caller })
            return BearerAuthentication.Refusal(http);
        if (rule is SignedInAccess || (rule is PermissionAccess needs && needs.Permissions.Any(caller.Has)))
        {
            context.Act(byPermission: rule is PermissionAccess);
            return null;
        }
        return rule switch
        {
            PermissionAccess holder => Problems.Denied(
                Problems.PermissionDenied,
                $"The permission {string.Join(" or ", holder.Permissions)} is required."
            ),
            _ => Problems.Denied(Problems.PermissionDenied, "The operation does not declare who may call it."),
        };
    }

    /// <summary>The access of an operation, for its documentation.</summary>
    public static AccessOfEndpoint Describe(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<AccessDeclaration>() switch
        {
            PermissionAccess holder => new AccessOfEndpoint(NeedsToken: true, IsOfTenant: true, holder.Permissions),
            SignedInAccess => new AccessOfEndpoint(NeedsToken: true, IsOfTenant: true, []),
            _ => new AccessOfEndpoint(NeedsToken: false, metadata.GetMetadata<OutsideTenants>() is null, []),
        };

    /// <summary>Deny by default: a missing declaration stops the start, instead of failing the first request.</summary>
    public static void DemandDeclarations(IEnumerable<Endpoint> endpoints)
    {
        var undeclared = endpoints
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetOrderedMetadata<AccessDeclaration>().Count != 1)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (undeclared.Count > 0)
            throw new InvalidOperationException(
                "Each endpoint must declare once who may call it (Anonymous, SignedIn or Requires). These do not: "
                    + string.Join(", ", undeclared)
            );
    }
}
