using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// Sends the messages in the queue, on every instance. Each result is recorded at once. If an instance dies, another
/// one sends the messages that it had claimed. A message is sent twice only if the provider accepted it and the
/// instance died before it recorded that.
/// </summary>
public sealed partial class DeliveryWorker : BackgroundService
{
    public const string MeterName = "Tenantry.Notifications";

    /// <summary>
    /// How often the queue is checked: for messages that have become due, and for messages that another instance
    /// queued.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FrozenDictionary<Channel, DeliveryLane> lanes;
    private readonly MessageQueue queue;
    private readonly Instances instances;
    private readonly MessageSettings settings;
    private readonly ILogger<DeliveryWorker> log;
    private readonly DeliveryAttempt attempts;
    private readonly DeliveryResultWriter results;

    public DeliveryWorker(
        MessageQueue queue,
        IEnumerable<ITransport> transports,
        ChangeFeed feed,
        Instances instances,
        ServiceSettings settings,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<DeliveryWorker> log
    )
    {
        (this.queue, this.instances, this.settings, this.log) = (queue, instances, settings.Messages, log);
        lanes = transports.ToFrozenDictionary(
            transport => transport.Channel,
            transport => new DeliveryLane(transport, settings.Messages)
        );
        feed.Listen("notification_logs", (channel, _) => OnChange(channel));
        attempts = new DeliveryAttempt(settings.Messages, clock, meters.Create(MeterName), lanes.Keys, log);
        results = new DeliveryResultWriter(queue, settings.Messages, log);
    }

    public override void Dispose()
    {
        foreach (var lane in lanes.Values)
            lane.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// Called when this instance has queued a message. Other instances are not notified: NOTIFY takes a lock of the
    /// whole database, so that all commits with a notification would wait for each other. The other instances check the
    /// queue periodically.
    /// </summary>
    public void Wake(Channel channel)
    {
        if (lanes.TryGetValue(channel, out var lane))
            lane.Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writing = results.Run();
        await Task.WhenAll(lanes.Values.Select(lane => Serve(lane, stoppingToken)).Append(Watch(stoppingToken)));
        results.Complete(); // no delivery is in progress any more: the last results are written
        await writing;
    }

    private void OnChange(string channel)
    {
        if (EnumText.IsValid<Channel>(channel))
            Wake(EnumText.Parse<Channel>(channel));
    }

    /// <summary>
    /// Wakes a lane for messages that this instance has not queued itself: they have become due, or another instance
    /// queued them. One statement covers all channels, so an idle instance runs one statement per second.
    /// </summary>
    private async Task Watch(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                using var round = Spans.BeginUnrecorded("watch messages");
                try
                {
                    foreach (var channel in await queue.DueChannels(stop))
                        Wake(channel);
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    NotClaimed(log, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
    }

    private async Task Serve(DeliveryLane lane, CancellationToken stop)
    {
        var lastServed = Guid.Empty;
        while (!stop.IsCancellationRequested)
        {
            var places = 0;
            using var round = Spans.BeginUnrecorded($"claim {EnumText.ToText(lane.Transport.Channel)}");
            try
            {
                lane.Rate.Share(instances.Count);
                places = await lane.TakePlaces(stop);
                // Not cancelled when the instance stops: messages that were claimed must be known, to be returned.
                var claimed = await queue.Claim(lane.Transport.Channel, places, lastServed, CancellationToken.None);
                var claimedAt = Stopwatch.GetTimestamp();
                foreach (var message in claimed)
                    _ = Deliver(lane, message, claimedAt, stop);
                lane.ReturnPlaces(places - claimed.Count);
                if (claimed.Count > 0)
                    lastServed = claimed[^1].TenantId;
                else
                    await lane.WaitForMessages(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                lane.ReturnPlaces(places);
                break;
            }
            catch (Exception e)
            {
                lane.ReturnPlaces(places);
                // Messages that were claimed nevertheless are claimed again when their lease ends.
                NotClaimed(log, e.Message);
                await Task.Delay(Interval, CancellationToken.None);
            }
        }
        await lane.WaitForAllPlaces();
    }

    private async Task Deliver(DeliveryLane lane, Message message, long claimedAt, CancellationToken stop)
    {
        DeliveryResult result;
        using var span = Spans.Begin($"deliver {EnumText.ToText(message.Channel)}", message.TenantId, message.Cause);
        try
        {
            using (await lane.WaitForTurn(stop))
            {
                // The lease could end during the attempt, and another worker send the message too: leave it to that
                // one.
                result =
                    Stopwatch.GetElapsedTime(claimedAt) + settings.Timeout > settings.Lease
                        ? NotAttempted(message)
                        : await attempts.Make(lane.Transport, message);
            }
        }
        catch (OperationCanceledException)
        {
            result = NotAttempted(message); // the instance stops
        }
        results.Add(
            message.IsSecret && result.Reason is { } reason ? result with { Reason = SecretReason.Of(reason) } : result
        );
        lane.ReturnPlaces(1);
    }

    private static DeliveryResult NotAttempted(Message message) =>
        new(message, NotificationStatus.Queued, WasNotAttempted: true);

    [LoggerMessage(
        EventId = 4101,
        Level = LogLevel.Error,
        Message = "The worker could not claim messages, and tries again: {Reason}"
    )]
    private static partial void NotClaimed(ILogger log, string reason);
}
