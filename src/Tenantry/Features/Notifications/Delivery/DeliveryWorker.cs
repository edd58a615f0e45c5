using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Threading.Channels;
using System.Threading.RateLimiting;
using Npgsql;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Channel = Tenantry.Foundation.Messaging.Templates.Channel;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// Sends what is in the queue, on every instance. What the provider answered is written at once, and what was under way when an instance died is sent by another: a
/// message goes out twice only where the provider took it and nobody lived to hear of it.
/// </summary>
public sealed partial class DeliveryWorker : BackgroundService
{
    public const string MeterName = "Tenantry.Notifications";

    /// <summary>How often it looks by itself: for what has become due, and should a notice be missed.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const int LongestReason = 500;

    private readonly Channel<Ending> endings = System.Threading.Channels.Channel.CreateUnbounded<Ending>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly FrozenDictionary<Channel, Lane> lanes;
    private readonly MessageQueue queue;
    private readonly Instances instances;
    private readonly MessageSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<DeliveryWorker> log;
    private readonly Counter<long> messages;
    private readonly Counter<long> dead;
    private readonly Histogram<double> delays;

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
        (this.queue, this.instances, this.settings, this.clock, this.log) = (
            queue,
            instances,
            settings.Messages,
            clock,
            log
        );
        lanes = transports.ToFrozenDictionary(
            transport => transport.Channel,
            transport => new Lane(transport, settings.Messages)
        );
        feed.Listen("notification_logs", (channel, _) => Told(channel));
        var meter = meters.Create(MeterName);
        messages = meter.CreateCounter<long>(
            "tenantry.notifications",
            description: "Attempts to send, by channel, transport and outcome"
        );
        dead = meter.CreateCounter<long>(
            "tenantry.notifications.dead",
            description: "Messages that were given up: refused for good, or tried too often or too long"
        );
        foreach (var channel in lanes.Keys)
            dead.Add(0, new KeyValuePair<string, object?>("channel", EnumText.Of(channel))); // or whoever asks for its rate misses the first
        delays = meter.CreateHistogram<double>(
            "tenantry.notifications.delay",
            "s",
            "From when a message was to be sent until a provider had it"
        );
    }

    public override void Dispose()
    {
        foreach (var lane in lanes.Values)
            lane.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writing = WriteEndings();
        await Task.WhenAll(lanes.Values.Select(lane => Serve(lane, stoppingToken)));
        endings.Writer.Complete(); // what was under way has ended, and is written
        await writing;
    }

    /// <summary>
    /// This instance has put a message into the queue. Nobody else is told: a notice from each message would make all commits stand in line (NOTIFY takes a lock of the whole
    /// database), and the other instances look by themselves.
    /// </summary>
    public void Wake(Channel channel)
    {
        if (lanes.TryGetValue(channel, out var lane))
            lane.Wake();
    }

    private void Told(string channel)
    {
        if (EnumText.Is<Channel>(channel))
            Wake(EnumText.To<Channel>(channel));
    }

    private async Task Serve(Lane lane, CancellationToken stop)
    {
        var served = Guid.Empty;
        while (!stop.IsCancellationRequested)
        {
            var free = 0;
            using var round = Spans.Round($"claim {EnumText.Of(lane.Transport.Channel)}");
            try
            {
                lane.Rate.Follow(instances.Count);
                free = await lane.TakePlaces(stop);
                var claimed = await queue.Claim(lane.Transport.Channel, free, served, CancellationToken.None); // to its end: what was claimed is known, and given back
                var since = Stopwatch.GetTimestamp();
                foreach (var message in claimed)
                    _ = Handle(lane, message, since, stop);
                lane.GiveBack(free - claimed.Count);
                if (claimed.Count > 0)
                    served = claimed[^1].TenantId;
                else
                    await lane.News(Round, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                lane.GiveBack(free);
                break;
            }
            catch (Exception e)
            {
                lane.GiveBack(free);
                NotClaimed(log, e.Message); // what was claimed, if anything, is claimed anew when its lease ends
                await Task.Delay(Round, CancellationToken.None);
            }
        }
        await lane.AllPlaces();
    }

    private async Task Handle(Lane lane, Message message, long since, CancellationToken stop)
    {
        Ending ending;
        using var span = Spans.Begin($"deliver {EnumText.Of(message.Channel)}", message.TenantId, message.Cause);
        try
        {
            using (await lane.Turn(stop))
            {
                // Too late to be sure that nobody else has it: it is left to whoever comes when the lease has ended.
                ending =
                    Stopwatch.GetElapsedTime(since) + settings.Timeout > settings.Lease
                        ? Untouched(message)
                        : await Try(lane.Transport, message);
            }
        }
        catch (OperationCanceledException)
        {
            ending = Untouched(message); // the instance stops
        }
        endings.Writer.TryWrite(
            message.IsSecret && ending.Reason is { } reason ? ending with { Reason = SecretReason.Of(reason) } : ending
        );
        lane.GiveBack(1);
    }

    private static Ending Untouched(Message message) => new(message, NotificationStatus.Queued, IsUntouched: true);

    private async Task<Ending> Try(ITransport transport, Message message)
    {
        var late = clock.GetUtcNow() - message.Since;
        if (!message.Tenant.IsActive)
            return new Ending(message, NotificationStatus.Cancelled, "The tenant is switched off.");
        if (message.Suppressed is { } suppressed)
            return new Ending(
                message,
                NotificationStatus.Suppressed,
                $"The recipient is on the list of those who get nothing: {suppressed}."
            );
        if (message.Attempt > settings.Attempts)
            return new Ending(
                message,
                NotificationStatus.Failed,
                $"Given up after {settings.Attempts} attempts, none of which ended."
            );
        if (message.Text is null && message.Html is null)
            return new Ending(message, NotificationStatus.Failed, "Its text is not kept any more.");

        // Not tied to the stop of the instance: what the provider has begun to take is heard to the end.
        using var timeout = new CancellationTokenSource(settings.Timeout);
        Outcome outcome;
        try
        {
            outcome = await transport
                .Send(message, timeout.Token)
                .WaitAsync(settings.Timeout + TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            outcome = Outcome.Later($"The provider did not answer within {settings.Timeout.TotalSeconds:0} s.");
        }
        catch (Exception e)
        {
            // Who wrote the exception may have put a part of the message into it.
            Surprised(
                log,
                message.IsSecret ? new InvalidOperationException($"{e.GetType()}\n{e.StackTrace}") : e,
                message.Id,
                message.TenantId,
                transport.Name
            );
            outcome = Outcome.Later("The attempt failed for a reason that is in the log of the service.");
        }
        messages.Add(
            1,
            new("channel", EnumText.Of(message.Channel)),
            new("transport", transport.Name),
            new("outcome", EnumText.Of(outcome.Kind))
        );
        return EndingOf(transport, message, outcome, late);
    }

    private Ending EndingOf(ITransport transport, Message message, Outcome outcome, TimeSpan late)
    {
        var reason = outcome.Reason is { } said ? Shown(said) : null;
        switch (outcome.Kind)
        {
            case OutcomeKind.Sent:
                delays.Record(
                    Math.Max(0, late.TotalSeconds),
                    new KeyValuePair<string, object?>("channel", EnumText.Of(message.Channel))
                );
                return new Ending(
                    message,
                    NotificationStatus.Sent,
                    null,
                    default,
                    outcome.ProviderId is { } id ? Shown(id) : null,
                    transport.Name,
                    !transport.Keeps && (message.IsSecret || message.Tenant.RedactsBodies),
                    Device: outcome.Device
                );
            case OutcomeKind.Refused:
                GivenUp();
                return new Ending(
                    message,
                    NotificationStatus.Failed,
                    reason,
                    Transport: transport.Name,
                    Device: outcome.Device
                );
            default:
                if (message.Attempt >= settings.Attempts || late > settings.Deadline)
                {
                    GivenUp();
                    return new Ending(
                        message,
                        NotificationStatus.Failed,
                        $"Given up after {message.Attempt} attempts; the last: {reason}",
                        Transport: transport.Name,
                        Device: outcome.Device
                    );
                }
                return new Ending(
                    message,
                    NotificationStatus.Queued,
                    reason,
                    Pause(message.Attempt, outcome.NotBefore),
                    Transport: transport.Name,
                    Device: outcome.Device
                );
        }

        void GivenUp()
        {
            dead.Add(1, new KeyValuePair<string, object?>("channel", EnumText.Of(message.Channel)));
            Failed(log, message.Id, message.TenantId, transport.Name, message.Attempt);
        }
    }

    /// <summary>What another machine said, as it can be kept: no control characters, no halves of a character, of a bounded length.</summary>
    internal static string Shown(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, LongestReason));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength > LongestReason)
                break;
            shown.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        }
        return shown.ToString();
    }

    private TimeSpan Pause(int attempt, TimeSpan? atLeast)
    {
        var pause = new RetryRule(settings.Attempts, settings.Retry, LongestPause).Pause(attempt);
        return atLeast is { } least && least > pause ? least : pause;
    }

    /// <summary>As soon as there is something to write: one round trip for all that has gathered meanwhile.</summary>
    private async Task WriteEndings()
    {
        const int most = 256;
        var next = new List<Ending>(most);
        while (await endings.Reader.WaitToReadAsync())
        {
            while (next.Count < most && endings.Reader.TryRead(out var ending))
                next.Add(ending);
            await Write(next);
            next.Clear();
        }
    }

    private async Task Write(List<Ending> next)
    {
        var tenants = next.Select(ending => ending.Message.TenantId).Distinct().Take(2).ToList();
        using var round = Spans.Round("write what became of messages", tenants is [var tenant] ? tenant : null);
        for (var since = Stopwatch.GetTimestamp(); ; )
        {
            try
            {
                await queue.Write(next, CancellationToken.None);
                return;
            }
            catch (Exception e) when (!IsOfTheValues(e) && Stopwatch.GetElapsedTime(since) < settings.Lease)
            {
                // While the database is away nobody else can take the messages over.
                NotWritten(log, next.Count, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(250));
            }
            catch (Exception e) when (IsOfTheValues(e) && next.Count > 1)
            {
                // One of them cannot be written: the others are.
                foreach (var one in next)
                    await Write([one]);
                return;
            }
            catch (Exception e)
            {
                NotWritten(log, next.Count, e.Message);
                return;
            }
        }
    }

    /// <summary>Not the database's fault: trying again would end alike.</summary>
    private static bool IsOfTheValues(Exception e) =>
        e is PostgresException { SqlState: ['2', '2' or '3', ..] } or not NpgsqlException;

    [LoggerMessage(
        EventId = 4101,
        Level = LogLevel.Error,
        Message = "The queue of messages could not be read; it is tried again: {Reason}"
    )]
    private static partial void NotClaimed(ILogger log, string reason);

    [LoggerMessage(
        EventId = 4102,
        Level = LogLevel.Error,
        Message = "What became of {Count} messages could not be written; it is tried again until their leases end: {Reason}"
    )]
    private static partial void NotWritten(ILogger log, int count, string reason);

    [LoggerMessage(
        EventId = 4103,
        Level = LogLevel.Warning,
        Message = "Message {Id} of tenant {Tenant} failed for good by {Transport}, at attempt {Attempt}; the reason is in its row"
    )]
    private static partial void Failed(ILogger log, Guid id, Guid tenant, string transport, int attempt);

    [LoggerMessage(
        EventId = 4104,
        Level = LogLevel.Error,
        Message = "Message {Id} of tenant {Tenant} could not be sent by {Transport}"
    )]
    private static partial void Surprised(ILogger log, Exception exception, Guid id, Guid tenant, string transport);

    /// <summary>What one channel has on this instance: places for messages that are claimed, of which some are sent at a time, no faster than the provider allows.</summary>
    private sealed class Lane(ITransport transport, MessageSettings settings) : IDisposable
    {
        /// <summary>While some are sent, the next are claimed.</summary>
        private readonly int all = settings.Concurrency * 3;
        private readonly SemaphoreSlim places = new(settings.Concurrency * 3);
        private readonly SemaphoreSlim turns = new(settings.Concurrency);
        private readonly SemaphoreSlim news = new(1, 1); // never disposed: a request that ends late may still wake the lane
        private readonly Lock waking = new();

        public ITransport Transport => transport;

        public SharedRate Rate { get; } = new(RateOf(transport.Channel, settings));

        public void Wake()
        {
            lock (waking)
            {
                if (news.CurrentCount == 0)
                    news.Release();
            }
        }

        public Task<bool> News(TimeSpan longest, CancellationToken cancel) => news.WaitAsync(longest, cancel);

        /// <returns>how many there are: one at least, and no more than can be sent while the lease lasts</returns>
        public async Task<int> TakePlaces(CancellationToken cancel)
        {
            await places.WaitAsync(cancel);
            var taken = 1;
            var most = Rate.In(settings.Timeout) ?? all;
            while (taken < most && places.Wait(0, CancellationToken.None))
                taken++;
            return taken;
        }

        public void GiveBack(int count)
        {
            if (count > 0)
                places.Release(count);
        }

        public async Task AllPlaces()
        {
            for (var i = 0; i < all; i++)
                await places.WaitAsync();
            places.Release(all);
        }

        public async Task<IDisposable> Turn(CancellationToken cancel)
        {
            await turns.WaitAsync(cancel);
            try
            {
                await Rate.Wait(cancel);
                return new EndOfTurn(turns);
            }
            catch
            {
                turns.Release();
                throw;
            }
        }

        public void Dispose()
        {
            places.Dispose();
            turns.Dispose();
            Rate.Dispose();
        }

        private static int? RateOf(Channel channel, MessageSettings settings) =>
            channel switch
            {
                Channel.Email => settings.EmailPerSecond,
                Channel.Sms => settings.SmsPerSecond,
                _ => settings.PushPerSecond,
            };

        private sealed class EndOfTurn(SemaphoreSlim turns) : IDisposable
        {
            public void Dispose() => turns.Release();
        }
    }
}

/// <summary>What the provider lets all instances send in a second, as this one's share of it.</summary>
public sealed class SharedRate(int? perSecond) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private TokenBucketRateLimiter? bucket;
    private int instances;

    /// <summary>How many instances there are now.</summary>
    public void Follow(int count)
    {
        if (perSecond is not { } rate || count == instances)
            return;
        instances = count;
        var share = (double)rate / count;
        var perTick = Math.Max(1, (int)(share * Tick.TotalSeconds));
        var before = bucket;
        bucket = new TokenBucketRateLimiter(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = perTick,
                TokensPerPeriod = perTick,
                ReplenishmentPeriod = TimeSpan.FromSeconds(perTick / share),
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        );
        before?.Dispose(); // who waits there asks the new one
    }

    /// <summary>How many may go in that time. Null: as many as can.</summary>
    public int? In(TimeSpan time) =>
        perSecond is { } rate ? Math.Max(1, (int)(rate * time.TotalSeconds / Math.Max(1, instances))) : null;

    public async Task Wait(CancellationToken cancel)
    {
        while (bucket is { } current)
        {
            try
            {
                using var lease = await current.AcquireAsync(1, cancel);
                if (lease.IsAcquired)
                    return;
            }
            catch (ObjectDisposedException)
            {
                // Another share applies by now.
            }
        }
    }

    public void Dispose() => bucket?.Dispose();
}
