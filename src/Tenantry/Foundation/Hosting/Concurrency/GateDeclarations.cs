using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Hosting.Concurrency;

/// <summary>The gate that an endpoint's requests pass.</summary>
public sealed record InGate(Func<SharedGates, FairGate> Of);

/// <summary>
/// Declares that an endpoint uses a shared resource. The declaration is metadata that a middleware applies.
/// </summary>
public static class GateDeclarations
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Requests wait for a slot before their body is read, and release it after the response.</summary>
    public static TBuilder ThroughGate<TBuilder>(this TBuilder endpoint, Func<SharedGates, FairGate> gate)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new InGate(gate));

    /// <summary>
    /// 429 if the tenant has reached its limit, 503 if all tenants together have. Null: the slot is acquired.
    /// </summary>
    public static Refusal? RefusalOf(this FairGate gate, GateSlot slot) =>
        slot.IsAcquired ? null
        : slot == GateSlot.TenantFull
            ? Problems.TooMany(
                $"This tenant has as many {gate.Name} under way as it may have at a time: {gate.Limits.PerTenant}.",
                RetryAfter
            )
        : Problems.Unavailable(Problems.Overloaded, RetryAfter);
}
