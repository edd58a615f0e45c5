namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// Who may call an endpoint. Each endpoint declares exactly one; otherwise the process does not start.
/// </summary>
public abstract record WhoMay;

/// <summary>All callers, with the reason for the reviewer.</summary>
public sealed record Anybody(string Reason) : WhoMay;

/// <summary>Each signed-in user, for the user's own data.</summary>
public sealed record SignedInUser : WhoMay;

/// <summary>Callers with one of the permissions.</summary>
public sealed record HolderOf(IReadOnlyList<string> Permissions) : WhoMay;

/// <summary>The response is the same for all tenants: the request needs none.</summary>
public sealed record OutsideTenants;

/// <summary>Declares who may call an endpoint, as metadata that <see cref="AccessRules"/> enforces.</summary>
public static class AccessDeclarations
{
    public static TBuilder Anonymous<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Anybody(reason));

    /// <summary>All callers, without a tenant: health, public keys, documentation.</summary>
    public static TBuilder Public<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Anybody(reason), new OutsideTenants());

    public static TBuilder SignedIn<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new SignedInUser());

    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new HolderOf(anyOf));
}
