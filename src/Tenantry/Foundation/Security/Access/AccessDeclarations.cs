namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// Who may call an endpoint. Each endpoint declares exactly one; otherwise the process does not start.
/// </summary>
public abstract record AccessDeclaration;

/// <summary>All callers, with the reason for the reviewer.</summary>
public sealed record AnonymousAccess(string Reason) : AccessDeclaration;

/// <summary>Each signed-in user, for the user's own data.</summary>
public sealed record SignedInAccess : AccessDeclaration;

/// <summary>Callers with one of the permissions.</summary>
public sealed record PermissionAccess(IReadOnlyList<string> Permissions) : AccessDeclaration;

/// <summary>The response is the same for all tenants: the request needs none.</summary>
public sealed record OutsideTenants;

/// <summary>Declares who may call an endpoint, as metadata that <see cref="AccessRules"/> enforces.</summary>
public static class AccessDeclarations
{
    public static TBuilder Anonymous<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AnonymousAccess(reason));

    /// <summary>All callers, without a tenant: health, public keys, documentation.</summary>
    public static TBuilder Public<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AnonymousAccess(reason), new OutsideTenants());

    public static TBuilder SignedIn<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new SignedInAccess());

    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new PermissionAccess(anyOf));
}
