using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Concurrency;

namespace Tenantry.Foundation.Traffic;

/// <summary>Requests to an endpoint that declares a gate wait for their tenant's turn.</summary>
public sealed class FairGating(RequestDelegate next, SharedGates gates)
{
    public Task Invoke(HttpContext http, TenantContext context) =>
        http.GetEndpoint()?.Metadata.GetMetadata<InGate>() is { } declared && context.IsSet
            ? InTurn(http, declared.Of(gates), context.TenantId)
            : next(http);

    private async Task InTurn(HttpContext http, FairGate gate, Guid tenant)
    {
        using var slot = await gate.Acquire(tenant, http.RequestAborted);
        await (gate.RefusalOf(slot) is { } refusal ? refusal.ExecuteAsync(http) : next(http));
    }
}
