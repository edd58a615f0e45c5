using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Tenantry.Foundation.Access;
using Tenantry.Foundation.Http;

namespace Tenantry.Features.Health;

/// <summary>For load balancers and people: whether the process lives, and whether it can do its work.</summary>
public static class HealthEndpoints
{
    /// <param name="Status"><c>ok</c>.</param>
    /// <param name="Checks">Each part that was asked, with what it said.</param>
    public sealed record Report(string Status, IReadOnlyDictionary<string, string> Checks) : IExample<Report>
    {
        public static Report Example => new("ok", new Dictionary<string, string> { ["database"] = "ok" });
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Operations");
        health.MapGet("", Ready).Public("asked by load balancers").WithSummary("Health").WithDescription("The same as `/health/ready`.");
        health.MapGet("/live", Live).Public("asked by load balancers").WithSummary("Is the process alive").WithDescription("Asks nothing else: restarting the process would not bring a database back.");
        health.MapGet("/ready", Ready).Public("asked by load balancers").WithSummary("Can it take requests").WithDescription("503 while the database is away.");
    }

    private static Ok<Report> Live() => TypedResults.Ok(new Report("ok", new Dictionary<string, string>()));

    private static async Task<Results<Ok<Report>, Unavailable>> Ready(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        try
        {
            await using var command = dataSource.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(deadline.Token);
            return TypedResults.Ok(new Report("ok", new Dictionary<string, string> { ["database"] = "ok" }));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return Problems.Unavailable(Problems.DependencyUnavailable, Patience);
        }
    }
}
