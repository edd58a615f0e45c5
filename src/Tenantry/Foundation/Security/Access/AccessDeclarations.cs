namespace Tenantry.Foundation.Security.Access;

/// <summary>Who may call an endpoint. Exactly one of these stands on each; the process does not start otherwise.</summary>
public abstract record WhoMay;

/// <summary>Anybody, for a reason that a reviewer reads.</summary>
public sealed record Anybody(string Reason) : WhoMay;

/// <summary>Whoever is signed in, for their own things.</summary>
public sealed record SignedInUser : WhoMay;

/// <summary>Whoever holds one of the permissions.</summary>
public sealed record HolderOf(IReadOnlyList<string> Permissions) : WhoMay;

/// <summary>Answers the same whoever asks: the request needs no tenant.</summary>
public sealed record OutsideTenants;

/// <summary>The words in which an endpoint says who may call it. They add metadata; <see cref="AccessRules"/> acts on it.</summary>
public static class AccessDeclarations
{
    public static TBuilder Anonymous<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Anybody(reason));

    /// <summary>Anybody, and of no tenant: health, public keys, documentation.</summary>
    public static TBuilder Public<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Anybody(reason), new OutsideTenants());

    public static TBuilder SignedIn<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new SignedInUser());

    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new HolderOf(anyOf));
}
