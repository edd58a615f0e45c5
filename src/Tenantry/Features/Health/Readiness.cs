using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Data.Replicas;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Health;

/// <summary>How a part does, or all together, from best to worst.</summary>
public enum PartHealth
{
    Ok,
    Degraded,
    Failed,
}

/// <param name="Status"><c>ok</c>, or <c>degraded</c> where something is away that most requests do without.</param>
/// <param name="Checks">Each part that was asked, with what it said. Only for those who may read the metrics.</param>
public sealed record HealthReport(
    PartHealth Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, PartHealth>? Checks = null
) : IExample<HealthReport>
{
    public static HealthReport Example => new(PartHealth.Ok);
}

/// <summary>Whether this instance can take requests: what its parts say, each asked as often as it may change, whoever asks how often.</summary>
public sealed class Readiness
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Drain drain;
    private readonly RedisStore redis;
    private readonly ReadReplicas replicas;
    private readonly Part[] parts;

    public Readiness(
        NpgsqlDataSource dataSource,
        IDbContextFactory<TenantDb> contexts,
        IsolationCheck isolation,
        Instances instances,
        IObjectStore store,
        RedisStore redis,
        ReadReplicas replicas,
        Drain drain,
        ILogger<Readiness> log,
        TimeProvider clock
    )
    {
        (this.drain, this.redis, this.replicas) = (drain, redis, replicas);
        parts =
        [
            new("database", Moment, PartHealth.Failed, Database, log, clock),
            // These two change with a migration, or by somebody's hand.
            new("schema", TimeSpan.FromMinutes(1), PartHealth.Failed, Schema, log, clock),
            new("isolation", TimeSpan.FromMinutes(1), PartHealth.Failed, Isolation, log, clock),
            // A bucket is paid for each question, and without it everything but files goes on.
            new("store", TimeSpan.FromSeconds(15), PartHealth.Degraded, store.Check, log, clock),
        ];

        async Task Database(CancellationToken cancel)
        {
            // A standby after a failover, or a database that was set so: it answers, and no request that changes something succeeds.
            await using var command = dataSource.CreateCommand(
                "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
            );
            if (await command.ExecuteScalarAsync(cancel) is true)
                throw new InvalidOperationException("The database takes no writes.");
            await instances.CheckWrites(cancel); // a disk that is full lets itself be read
        }

        async Task Schema(CancellationToken cancel)
        {
            // A schema that is newer is well: another instance may have been upgraded first.
            await using var db = (await contexts.CreateDbContextAsync(cancel)).WithoutTenant();
            if ((await db.Database.GetPendingMigrationsAsync(cancel)).Any())
                throw new InvalidOperationException("The schema is behind this version.");
            await using var connection = await dataSource.OpenConnectionAsync(cancel);
            if (await SchemaFunctions.Behind(connection, cancel) is { Count: > 0 } behind)
                throw new InvalidOperationException(
                    $"The functions of the database are behind this version: {behind[0].Name} and others, {behind.Count} in all."
                );
        }

        async Task Isolation(CancellationToken cancel)
        {
            if (await isolation.Faults(cancel) is { Count: > 0 } faults)
                throw new IsolationBrokenException(faults);
        }
    }

    public async Task<HealthReport> Report()
    {
        // At once, whatever was remembered: load balancers are to notice.
        if (drain.HasBegun)
            return new HealthReport(
                PartHealth.Failed,
                new Dictionary<string, PartHealth> { ["instance"] = PartHealth.Failed }
            );
        var said = await Task.WhenAll(parts.Select(part => part.Ask()));
        var checks = parts.Zip(said).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        // These are asked four times a second anyway.
        if (redis.IsUsed)
            checks["redis"] = redis.IsAway ? PartHealth.Degraded : PartHealth.Ok;
        if (replicas.AreThere)
            checks["replica"] = replicas.AnyIsUsable ? PartHealth.Ok : PartHealth.Degraded;
        return new HealthReport(checks.Values.Max(), checks);
    }
}
