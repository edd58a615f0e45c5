using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Health;

/// <summary>
/// Checks that the database still isolates tenants: row-level security, policies, rights and functions.
/// </summary>
public sealed class IsolationHealthCheck(IsolationCheck isolation) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (await isolation.Findings(cancellationToken) is { Count: > 0 } faults)
            throw new TenantIsolationException(faults);
        return HealthCheckResult.Healthy();
    }
}
