using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Data.Replicas;

namespace Tenantry.Features.Health;

/// <summary>Reports whether a replica is usable. It makes no query: the service checks replicas all the time.</summary>
public sealed class ReplicaHealthCheck(ReadReplicas replicas) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(replicas.HasUsable ? HealthCheckResult.Healthy() : new(context.Registration.FailureStatus));
}
