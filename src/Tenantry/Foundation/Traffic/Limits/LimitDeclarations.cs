namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>By what an endpoint is limited. Silence means the tenant's allowance.</summary>
public enum Rate
{
    /// <summary>The tenant's allowance, and everybody's together.</summary>
    Tenant,

    /// <summary>Tighter, by address and account too: what somebody could guess at, or have mails sent by.</summary>
    SignIn,
}

public sealed record LimitedBy(Rate Rate);

public sealed record CostOf(int Requests);

/// <summary>The words in which an endpoint says what it costs. They add metadata; <see cref="RateLimiting"/> acts on it.</summary>
public static class LimitDeclarations
{
    public static TBuilder Limited<TBuilder>(this TBuilder endpoint, Rate rate)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new LimitedBy(rate));

    /// <summary>Takes as much of the allowance as so many other requests.</summary>
    public static TBuilder Costs<TBuilder>(this TBuilder endpoint, int requests)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new CostOf(requests));
}
