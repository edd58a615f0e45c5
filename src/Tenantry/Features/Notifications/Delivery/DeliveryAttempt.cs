using System.Diagnostics.Metrics;
using Tenantry.Features.Notifications.Transports;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>
/// One attempt to deliver a message, and what follows from its outcome: the message was sent, is tried again later, or
/// has failed.
/// </summary>
internal sealed partial class DeliveryAttempt
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly MessageSettings settings;
    private readonly TimeProvider clock;
    private readonly ILogger<DeliveryWorker> log;
    private readonly Counter<long> messages;
    private readonly Counter<long> dead;
    private readonly Histogram<double> delays;

    public DeliveryAttempt(
        MessageSettings settings,
        TimeProvider clock,
        Meter meter,
        IEnumerable<Channel> channels,
        ILogger<DeliveryWorker> log
    )
    {
        (this.settings, this.clock, this.log) = (settings, clock, log);
        messages = meter.CreateCounter<long>(
            "tenantry.notifications",
            description: "Delivery attempts, by channel, transport and outcome"
        );
        dead = meter.CreateCounter<long>(
            "tenantry.notifications.dead",
            description: "Messages that failed permanently: refused, or given up after too many attempts or too long"
        );
        // A counter that begins at 1 has no increase: rate() would not count the first failure.
        foreach (var channel in channels)
            dead.Add(0, new KeyValuePair<string, object?>("channel", EnumText.ToText(channel)));
        delays = meter.CreateHistogram<double>(
            "tenantry.notifications.delay",
            "s",
            "Time from when a message was due until a provider accepted it"
        );
    }

    public async Task<DeliveryResult> Make(ITransport transport, Message message)
    {
        var delay = clock.GetUtcNow() - message.Since;
        if (!message.Tenant.IsActive)
            return new DeliveryResult(message, NotificationStatus.Cancelled, "The tenant is inactive.");
        if (message.Suppressed is { } suppressed)
            return new DeliveryResult(
                message,
                NotificationStatus.Suppressed,
                $"The recipient is suppressed: {suppressed}."
            );
        if (message.Attempt > settings.Attempts)
            return new DeliveryResult(
                message,
                NotificationStatus.Failed,
                $"Given up after {settings.Attempts} attempts, none of which finished."
            );
        if (message.Text is null && message.Html is null)
            return new DeliveryResult(
                message,
                NotificationStatus.Failed,
                "The text of the message is no longer stored."
            );

        // Not cancelled when the instance stops: a provider that has begun to accept the message reports its outcome.
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
            // The text of the exception may contain a part of the message: a one-time link must not be in the log.
            NotSent(
                log,
                message.IsSecret ? new InvalidOperationException($"{e.GetType()}\n{e.StackTrace}") : e,
                message.Id,
                message.TenantId,
                transport.Name
            );
            outcome = Outcome.Later(
                "The attempt failed with an unexpected error, which the log of the service contains."
            );
        }
        messages.Add(
            1,
            new("channel", EnumText.ToText(message.Channel)),
            new("transport", transport.Name),
            new("outcome", EnumText.ToText(outcome.Kind))
        );
        return ResultOf(transport, message, outcome, delay);
    }

    private DeliveryResult ResultOf(ITransport transport, Message message, Outcome outcome, TimeSpan delay)
    {
        var reason = outcome.Reason is { } text ? ProviderText.Storable(text) : null;
        switch (outcome.Kind)
        {
            case OutcomeKind.Sent:
                delays.Record(
                    Math.Max(0, delay.TotalSeconds),
                    new KeyValuePair<string, object?>("channel", EnumText.ToText(message.Channel))
                );
                return new DeliveryResult(
                    message,
                    NotificationStatus.Sent,
                    null,
                    default,
                    outcome.ProviderId is { } id ? ProviderText.Storable(id) : null,
                    transport.Name,
                    !transport.KeepsText && (message.IsSecret || message.Tenant.RedactsBodies),
                    Device: outcome.Device
                );
            case OutcomeKind.Refused:
                CountFailure();
                return new DeliveryResult(
                    message,
                    NotificationStatus.Failed,
                    reason,
                    Transport: transport.Name,
                    Device: outcome.Device
                );
            default:
                if (message.Attempt >= settings.Attempts || delay > settings.Deadline)
                {
                    CountFailure();
                    return new DeliveryResult(
                        message,
                        NotificationStatus.Failed,
                        $"Given up after {message.Attempt} attempts. Last error: {reason}",
                        Transport: transport.Name,
                        Device: outcome.Device
                    );
                }
                return new DeliveryResult(
                    message,
                    NotificationStatus.Queued,
                    reason,
                    Pause(message.Attempt, outcome.NotBefore),
                    Transport: transport.Name,
                    Device: outcome.Device
                );
        }

        void CountFailure()
        {
            dead.Add(1, new KeyValuePair<string, object?>("channel", EnumText.ToText(message.Channel)));
            Failed(log, message.Id, message.TenantId, transport.Name, message.Attempt);
        }
    }

    private TimeSpan Pause(int attempt, TimeSpan? atLeast)
    {
        var pause = new RetryPolicy(settings.Attempts, settings.Retry, LongestPause).PauseOf(attempt);
        return atLeast is { } least && least > pause ? least : pause;
    }

    [LoggerMessage(
        EventId = 4103,
        Level = LogLevel.Warning,
        Message = "Message {Id} of tenant {Tenant} failed permanently by {Transport}, at attempt {Attempt}; its row contains the reason"
    )]
    private static partial void Failed(ILogger log, Guid id, Guid tenant, string transport, int attempt);

    [LoggerMessage(
        EventId = 4104,
        Level = LogLevel.Error,
        Message = "The worker could not send message {Id} of tenant {Tenant} by {Transport}"
    )]
    private static partial void NotSent(ILogger log, Exception exception, Guid id, Guid tenant, string transport);
}
