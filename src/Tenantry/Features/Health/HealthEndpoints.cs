using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Health;

/// <summary>Liveness and readiness, for load balancers and operators.</summary>
public static class HealthEndpoints
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services
            .AddHealthChecks()
            .AddCached<DatabaseHealthCheck>("database", TimeSpan.FromSeconds(1), HealthStatus.Unhealthy)
            // These two change only by a migration or by hand.
            .AddCached<SchemaHealthCheck>("schema", TimeSpan.FromMinutes(1), HealthStatus.Unhealthy)
            .AddCached<IsolationHealthCheck>("isolation", TimeSpan.FromMinutes(1), HealthStatus.Unhealthy)
            // Providers charge for each request to a bucket.
            .AddCached<StoreHealthCheck>("store", TimeSpan.FromSeconds(15), HealthStatus.Degraded)
            .AddCheck<RedisHealthCheck>(Readiness.Redis, HealthStatus.Degraded)
            .AddCheck<ReplicaHealthCheck>(Readiness.Replica, HealthStatus.Degraded);
        // The framework writes a line for each failed check of each request. Ours report a failure once.
        services.AddLogging(logging =>
            logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
        );
    }

    private static IHealthChecksBuilder AddCached<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TCheck
    >(this IHealthChecksBuilder checks, string name, TimeSpan validity, HealthStatus failureStatus)
        where TCheck : class, IHealthCheck
    {
        checks.Services.AddKeyedSingleton(
            name,
            (services, _) =>
                new CachedHealthCheck(
                    name,
                    ActivatorUtilities.CreateInstance<TCheck>(services),
                    validity,
                    services.GetRequiredService<ILogger<CachedHealthCheck>>(),
                    services.GetRequiredService<TimeProvider>()
                )
        );
        return checks.Add(
            new HealthCheckRegistration(
                name,
                services => services.GetRequiredKeyedService<CachedHealthCheck>(name),
                failureStatus,
                tags: null
            )
        );
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Operations");
        health
            .MapGet("", Ready)
            .Public("called by load balancers")
            .WithSummary("Check the health")
            .WithDescription("The same as `/health/ready`.");
        health
            .MapGet("/live", Live)
            .Public("called by load balancers")
            .WithSummary("Check liveness")
            .WithDescription(
                "Reports that the process is running. It checks nothing else: restarting the process would not repair a database."
            );
        health
            .MapGet("/ready", Ready)
            .Public("called by load balancers")
            .WithSummary("Check readiness")
            .WithDescription(
                "Reports whether the instance can serve requests. Returns 503 if the database is unavailable, its schema is outdated, it does not isolate tenants, or the instance is stopping. Without the object store or Redis the status is `degraded`: most requests still work. The state of each part is returned only to callers who may read the metrics."
            );
    }

    private static Ok<HealthDocument> Live() => TypedResults.Ok(new HealthDocument(HealthState.Ok));

    private static async Task<Results<Ok<HealthDocument>, Unavailable>> Ready(
        Readiness readiness,
        MetricsGate gate,
        HttpContext http
    )
    {
        var health = await readiness.Report();
        var isOperator = gate.IsOperator(http);
        if (health.Status != HealthState.Failed)
            return TypedResults.Ok(isOperator ? health : health with { Checks = null });
        var failed = health.Checks!.Where(check => check.Value == HealthState.Failed).Select(check => check.Key);
        return Problems.Unavailable(
            Problems.NotReady,
            RetryAfter,
            isOperator
                ? $"The instance cannot serve requests. Failed health checks: {string.Join(", ", failed)}."
                : null
        );
    }
}
