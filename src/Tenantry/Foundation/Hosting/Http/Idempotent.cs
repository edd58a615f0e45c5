namespace Tenantry.Foundation.Hosting.Http;

/// <summary>On an operation that makes something: a retry with the same <c>Idempotency-Key</c> makes nothing more and gets the first answer.</summary>
public sealed record Idempotent
{
    public const string Header = "Idempotency-Key";
}

public static class IdempotencyDeclarations
{
    public static TBuilder Idempotent<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Idempotent());
}
