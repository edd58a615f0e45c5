using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Health;

/// <summary>Reports whether this instance can serve requests, by the registered health checks.</summary>
public sealed class Readiness(HealthCheckService checks, Drain drain, RedisStore redis, ReadReplicas replicas)
{
    public const string Redis = "redis";
    public const string Replica = "replica";

    public async Task<HealthDocument> Report()
    {
        // Without the checks, whose results may be cached: load balancers must notice a stopping instance at once.
        if (drain.HasBegun)
            return new HealthDocument(
                HealthState.Failed,
                new Dictionary<string, HealthState> { ["instance"] = HealthState.Failed }
            );
        return HealthDocument.Of(await checks.CheckHealthAsync(IsUsed));
    }

    private bool IsUsed(HealthCheckRegistration check) =>
        check.Name switch
        {
            Redis => redis.IsConfigured,
            Replica => replicas.AreConfigured,
            _ => true,
        };
}
