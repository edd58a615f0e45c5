using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// Writes the results of deliveries: all that have collected since the last write, in one round trip.
/// </summary>
internal sealed partial class DeliveryResultWriter(
    MessageQueue queue,
    MessageSettings settings,
    ILogger<DeliveryWorker> log
)
{
    private const int BatchSize = 256;

    private readonly Channel<DeliveryResult> results = Channel.CreateUnbounded<DeliveryResult>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    public void Add(DeliveryResult result) => results.Writer.TryWrite(result);

    /// <summary>No more results follow.</summary>
    public void Complete() => results.Writer.Complete();

    /// <summary>Writes results until <see cref="Complete"/> was called and all are written.</summary>
    public async Task Run()
    {
        var batch = new List<DeliveryResult>(BatchSize);
        while (await results.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && results.Reader.TryRead(out var result))
                batch.Add(result);
            await Write(batch);
            batch.Clear();
        }
    }

    private async Task Write(List<DeliveryResult> batch)
    {
        var tenants = batch.Select(result => result.Message.TenantId).Distinct().Take(2).ToList();
        using var round = Spans.BeginUnrecorded("write delivery results", tenants is [var tenant] ? tenant : null);
        for (var since = Stopwatch.GetTimestamp(); ; )
        {
            try
            {
                await queue.Write(batch, CancellationToken.None);
                return;
            }
            catch (Exception e) when (!IsCausedByValues(e) && Stopwatch.GetElapsedTime(since) < settings.Lease)
            {
                // While the database is unavailable, no other worker can claim the messages either.
                NotWritten(log, batch.Count, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }
            catch (Exception e) when (IsCausedByValues(e) && batch.Count > 1)
            {
                // One of the results cannot be written. Alone, it does not prevent the others from being written.
                foreach (var result in batch)
                    await Write([result]);
                return;
            }
            catch (Exception e)
            {
                NotWritten(log, batch.Count, e.Message);
                return;
            }
        }
    }

    /// <summary>PostgreSQL refuses the values, so that every further try would fail too.</summary>
    private static bool IsCausedByValues(Exception e) =>
        e is PostgresException { SqlState: ['2', '2' or '3', ..] } or not NpgsqlException;

    [LoggerMessage(
        EventId = 4102,
        Level = LogLevel.Error,
        Message = "The worker could not write the delivery results of {Count} messages, and tries again until their leases end: {Reason}"
    )]
    private static partial void NotWritten(ILogger log, int count, string reason);
}
