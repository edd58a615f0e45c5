using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Hosting.Concurrency;

/// <summary>Which gate an endpoint's requests go through.</summary>
public sealed record InGate(Func<SharedGates, FairGate> Of);

/// <summary>The words in which an endpoint says that its requests use what tenants share. They add metadata; the middleware acts on it.</summary>
public static class GateDeclarations
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Its requests wait for a slot of the gate before their body is read, and hold it until they are answered.</summary>
    public static TBuilder InTurns<TBuilder>(this TBuilder endpoint, Func<SharedGates, FairGate> gate)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new InGate(gate));

    /// <summary>429 where the tenant itself has as much as it may, 503 where all together have as much as there is; null: the slot is given.</summary>
    public static Refusal? RefusalOf(this FairGate gate, GateSlot slot) =>
        slot.IsGiven ? null
        : slot == GateSlot.TenantFull
            ? Problems.TooMany(
                $"This tenant has as many {gate.Name} under way as it may have at a time: {gate.Limits.PerTenant}.",
                RetryAfter
            )
        : Problems.Unavailable(Problems.Overloaded, RetryAfter);
}
