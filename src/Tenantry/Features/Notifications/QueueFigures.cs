using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;

namespace Tenantry.Features.Notifications;

/// <summary>How long the queue is and how long its oldest message waits, every few seconds, on the instance that has lived the longest: of one queue one tells.</summary>
public sealed partial class QueueFigures : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource dataSource;
    private readonly Instances instances;
    private readonly ILogger<QueueFigures> log;
    private volatile IReadOnlyList<Lane> lanes = [];

    public QueueFigures(NpgsqlDataSource dataSource, Instances instances, IMeterFactory meters, ILogger<QueueFigures> log)
    {
        (this.dataSource, this.instances, this.log) = (dataSource, instances, log);
        var meter = meters.Create(Delivery.MeterName);
        meter.CreateObservableGauge("tenantry.queue.depth", () => lanes.Select(lane => new Measurement<long>(lane.Depth, new KeyValuePair<string, object?>("channel", lane.Channel))), description: "Messages that are due, up to 100,000 of each channel");
        meter.CreateObservableGauge("tenantry.queue.age", () => lanes.Select(lane => new Measurement<double>(lane.Age, new KeyValuePair<string, object?>("channel", lane.Channel))), "s", "For how long the oldest of them has been due");
    }

    public async Task Once(CancellationToken cancel)
    {
        var now = new List<Lane>();
        await using var command = dataSource.CreateCommand($"SELECT channel, depth, age FROM {Doors.MeasureQueue}()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            now.Add(new Lane(reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2)));
        lanes = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(Round);
        do
        {
            using var round = Work.Round("measure queue");
            try
            {
                if (instances.IsFirst)
                    await Once(stoppingToken);
                else
                    lanes = [];
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                lanes = []; // no figure rather than an old one
                NotMeasured(log, e.Message);
            }
        }
        while (await rounds.WaitForNextTickAsync(stoppingToken));
    }

    private sealed record Lane(string Channel, long Depth, double Age);

    [LoggerMessage(EventId = 4110, Level = LogLevel.Warning, Message = "The queue of messages could not be measured: {Reason}")]
    private static partial void NotMeasured(ILogger log, string reason);
}
