namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>Which rate limits apply to an endpoint. The default is <see cref="Tenant"/>.</summary>
public enum Rate
{
    /// <summary>The limit of the tenant, and the global limit.</summary>
    Tenant,

    /// <summary>
    /// Stricter limits by address and account, for endpoints at which an attacker could guess a secret, or cause
    /// e-mails.
    /// </summary>
    SignIn,
}

public sealed record LimitedBy(Rate Rate);

public sealed record CostOf(int Requests);

/// <summary>
/// Declares the rate limits and the cost of an endpoint, as metadata that <see cref="RateLimiting"/> enforces.
/// </summary>
public static class LimitDeclarations
{
    public static TBuilder Limited<TBuilder>(this TBuilder endpoint, Rate rate)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new LimitedBy(rate));

    /// <summary>Declares that one request counts as several.</summary>
    public static TBuilder Costs<TBuilder>(this TBuilder endpoint, int requests)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new CostOf(requests));
}
