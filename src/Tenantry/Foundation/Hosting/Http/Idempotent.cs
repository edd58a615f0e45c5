namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Metadata of an operation that creates something. A retry with the same <c>Idempotency-Key</c> creates nothing and
/// gets the first response.
/// </summary>
public sealed record Idempotent
{
    public const string Header = "Idempotency-Key";
}

public static class IdempotencyDeclarations
{
    public static TBuilder Idempotent<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Idempotent());
}
