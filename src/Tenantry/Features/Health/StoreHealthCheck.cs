using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Health;

/// <summary>Checks that the object store is reachable. Without it, all requests that need no file still work.</summary>
public sealed class StoreHealthCheck(IObjectStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await store.Check(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
