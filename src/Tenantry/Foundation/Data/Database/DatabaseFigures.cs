using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// How large the database is and how many of its connections are taken, every few seconds, on the instance that has
/// lived the longest.
/// </summary>
public sealed partial class DatabaseFigures : PeriodicWorker
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource dataSource;
    private readonly Instances instances;
    private readonly ILogger<DatabaseFigures> log;
    private volatile Figures? last;

    public DatabaseFigures(
        NpgsqlDataSource dataSource,
        Instances instances,
        IMeterFactory meters,
        ILogger<DatabaseFigures> log
    )
        : base("measure database", TimeSpan.FromSeconds(15), isImmediate: true)
    {
        (this.dataSource, this.instances, this.log) = (dataSource, instances, log);
        var meter = meters.Create("Tenantry.Database");
        meter.CreateObservableGauge(
            "tenantry.database.size",
            () => Told(figures => figures.Size),
            "By",
            "Size of the database"
        );
        meter.CreateObservableGauge(
            "tenantry.database.connections",
            () => Told(figures => figures.Connections),
            description: "Connections to this database, of all applications"
        );
        meter.CreateObservableGauge(
            "tenantry.database.connections.limit",
            () => Told(figures => figures.Limit),
            description: "Connections that the server allows, to all databases"
        );
        meter.CreateObservableGauge(
            "tenantry.instances",
            () => Told(figures => figures.Instances),
            description: "Running instances"
        );
    }

    public async Task RunOnce(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT pg_database_size(current_database()), (SELECT numbackends::bigint FROM pg_stat_database WHERE datname = current_database()), current_setting('max_connections')::bigint
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        last = new Figures(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), instances.Count);
    }

    protected override async Task Run(CancellationToken cancel)
    {
        if (instances.IsFirst)
            await RunOnce(cancel);
        else
            last = null;
    }

    protected override void Failed(Exception failure)
    {
        last = null; // no figure rather than an old one
        NotMeasured(log, failure.Message);
    }

    private IEnumerable<Measurement<long>> Told(Func<Figures, long> figure) =>
        last is { } figures ? [new Measurement<long>(figure(figures))] : [];

    private sealed record Figures(long Size, long Connections, long Limit, long Instances);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "The database could not be measured: {Reason}")]
    private static partial void NotMeasured(ILogger log, string reason);
}
