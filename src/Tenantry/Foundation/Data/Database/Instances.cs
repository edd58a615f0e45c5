using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Data.Database;

/// <summary>An instance of the service that serves this database.</summary>
public sealed class Instance : IPlatformOwned
{
    public static string WhyNoTenant =>
        "Instances serve every tenant; a row says that one lives, and nothing of anybody.";

    public Guid Id { get; init; }
    public DateTimeOffset SeenAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Instance>
    {
        public void Configure(EntityTypeBuilder<Instance> instance) => instance.ToTable("instances");
    }
}

/// <summary>
/// How many instances there are. Each says every few seconds that it lives; one that said nothing for half a minute is
/// not counted.
/// </summary>
public sealed partial class Instances(NpgsqlDataSource dataSource, ILogger<Instances> log)
    : PeriodicWorker("count instances", TimeSpan.FromSeconds(5))
{
    private readonly Guid id = Guid.CreateVersion7();

    /// <summary>This one included. While the database is away: as many as there were.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Whether this one has lived the longest: what has to be done once is done by it.</summary>
    public bool IsFirst { get; private set; } = true;

    /// <summary>Whether the last time that this one said so failed: it is a write, every few seconds.</summary>
    private volatile bool writesFail;

    /// <summary>Nothing where the last write succeeded; else tries another one.</summary>
    /// <exception cref="NpgsqlException">the database does not take it either</exception>
    public Task CheckWrites(CancellationToken cancel) => writesFail ? RunOnce(cancel) : Task.CompletedTask;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryToRun(cancellationToken); // the count is there before the first request
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var command = dataSource.CreateCommand("DELETE FROM instances WHERE id = $1");
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The others find out in half a minute.
        }
    }

    protected override Task Run(CancellationToken cancel) => RunOnce(cancel);

    protected override void Failed(Exception failure)
    {
        writesFail = true;
        NotCounted(log, failure.Message);
    }

    /// <summary>Says that this one lives, and counts the others, by the database's clock.</summary>
    public async Task RunOnce(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            """
            WITH gone AS (DELETE FROM instances WHERE seen_at < now() - interval '5 minutes'),
                 own AS (INSERT INTO instances (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now())
            SELECT count(*), count(*) FILTER (WHERE id < $1) FROM instances WHERE id <> $1 AND seen_at > now() - interval '30 seconds'
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        (Count, IsFirst) = (1 + (int)reader.GetInt64(0), reader.GetInt64(1) == 0);
        writesFail = false;
    }

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "The instances could not be counted: {Reason}")]
    private static partial void NotCounted(ILogger log, string reason);
}
