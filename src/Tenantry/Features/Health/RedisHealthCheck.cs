using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Data.Redis;

namespace Tenantry.Features.Health;

/// <summary>
/// Reports whether Redis is reachable. It makes no request: the service pings Redis four times a second.
/// </summary>
public sealed class RedisHealthCheck(RedisStore redis) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(redis.IsUnavailable ? new(context.Registration.FailureStatus) : HealthCheckResult.Healthy());
}
