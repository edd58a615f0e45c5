using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Health;

/// <summary>For load balancers and people: whether the process lives, and whether it can do its work.</summary>
public static class HealthEndpoints
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Operations");
        health
            .MapGet("", Ready)
            .Public("asked by load balancers")
            .WithSummary("Health")
            .WithDescription("The same as `/health/ready`.");
        health
            .MapGet("/live", Live)
            .Public("asked by load balancers")
            .WithSummary("Is the process alive")
            .WithDescription("Asks nothing else: restarting the process would not bring a database back.");
        health
            .MapGet("/ready", Ready)
            .Public("asked by load balancers")
            .WithSummary("Can it take requests")
            .WithDescription(
                "503 where the database is away, its schema is behind, it does not keep tenants apart, or the instance is about to stop. A store of files or a Redis that is away makes it `degraded`: most requests do well without. Which part it is, is told to whoever may read the metrics."
            );
    }

    private static Ok<HealthReport> Live() => TypedResults.Ok(new HealthReport(PartHealth.Ok));

    private static async Task<Results<Ok<HealthReport>, Unavailable>> Ready(
        Readiness readiness,
        MetricsGate gate,
        HttpContext http
    )
    {
        var report = await readiness.Report();
        var isTold = gate.IsOperator(http);
        if (report.Status != PartHealth.Failed)
            return TypedResults.Ok(isTold ? report : report with { Checks = null });
        var parts = report.Checks!.Where(check => check.Value == PartHealth.Failed).Select(check => check.Key);
        return Problems.Unavailable(
            Problems.NotReady,
            RetryAfter,
            isTold ? $"It does not do its work: {string.Join(", ", parts)}." : null
        );
    }
}
