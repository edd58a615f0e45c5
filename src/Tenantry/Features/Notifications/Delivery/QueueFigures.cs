using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// Measures the depth and the age of the queues, every few seconds. The oldest instance reports them: the queues are
/// shared, and a sum over instances must count them once.
/// </summary>
public sealed partial class QueueFigures : PeriodicWorker
{
    private readonly NpgsqlDataSource dataSource;
    private readonly Instances instances;
    private readonly ILogger<QueueFigures> log;
    private volatile IReadOnlyList<Lane> lanes = [];
    private volatile IReadOnlyList<Queue> queues = [];

    public QueueFigures(
        NpgsqlDataSource dataSource,
        Instances instances,
        IMeterFactory meters,
        ILogger<QueueFigures> log
    )
        : base("measure queue", TimeSpan.FromSeconds(15), isImmediate: true)
    {
        (this.dataSource, this.instances, this.log) = (dataSource, instances, log);
        var meter = meters.Create(DeliveryWorker.MeterName);
        meter.CreateObservableGauge(
            "tenantry.queue.depth",
            () =>
                lanes.Select(lane => new Measurement<long>(
                    lane.Depth,
                    new KeyValuePair<string, object?>("channel", lane.Channel)
                )),
            description: "Messages that are due, up to 100,000 of each channel"
        );
        meter.CreateObservableGauge(
            "tenantry.queue.age",
            () =>
                lanes.Select(lane => new Measurement<double>(
                    lane.Age,
                    new KeyValuePair<string, object?>("channel", lane.Channel)
                )),
            "s",
            "For how long the oldest of them has been due"
        );
        var work = meters.Create("Tenantry.Work");
        work.CreateObservableGauge(
            "tenantry.work.depth",
            () =>
                queues.Select(queue => new Measurement<long>(
                    queue.Depth,
                    new KeyValuePair<string, object?>("queue", queue.Name)
                )),
            description: "Entries of a queue that are due, up to 100,000"
        );
        work.CreateObservableGauge(
            "tenantry.work.age",
            () =>
                queues.Select(queue => new Measurement<double>(
                    queue.Age,
                    new KeyValuePair<string, object?>("queue", queue.Name)
                )),
            "s",
            "For how long the oldest of them has been due"
        );
        work.CreateObservableGauge(
            "tenantry.work.given_up",
            () =>
                queues.Select(queue => new Measurement<long>(
                    queue.Failed,
                    new KeyValuePair<string, object?>("queue", queue.Name)
                )),
            description: "Entries of a queue that have failed for good in the last days"
        );
    }

    public async Task MeasureMessages(CancellationToken cancel)
    {
        var now = new List<Lane>();
        await using var command = dataSource.CreateCommand(
            $"SELECT channel, depth, age FROM {DatabaseFunctions.MeasureQueue}()"
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            now.Add(new Lane(reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2)));
        lanes = now;
    }

    /// <summary>The queues of what the process does by itself.</summary>
    public async Task MeasureWork(CancellationToken cancel)
    {
        var now = new List<Queue>();
        await using var command = dataSource.CreateCommand(
            $"SELECT queue, depth, age, failed FROM {DatabaseFunctions.MeasureWorkQueues}()"
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            now.Add(new Queue(reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2), reader.GetInt64(3)));
        queues = now;
    }

    protected override async Task Run(CancellationToken cancel)
    {
        if (instances.IsFirst)
        {
            await MeasureMessages(cancel);
            await MeasureWork(cancel);
        }
        else
        {
            (lanes, queues) = ([], []);
        }
    }

    protected override void Failed(Exception failure)
    {
        (lanes, queues) = ([], []); // no figure rather than an old one
        NotMeasured(log, failure.Message);
    }

    private sealed record Lane(string Channel, long Depth, double Age);

    private sealed record Queue(string Name, long Depth, double Age, long Failed);

    [LoggerMessage(
        EventId = 4110,
        Level = LogLevel.Warning,
        Message = "The queue of messages could not be measured: {Reason}"
    )]
    private static partial void NotMeasured(ILogger log, string reason);
}
