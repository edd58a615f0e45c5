using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Takes a message to a provider, once, and tells what came of it.</summary>
public interface ITransport
{
    Channel Channel { get; }

    /// <summary>As the history shows it.</summary>
    string Name { get; }

    /// <summary>The text stays with us: it is where people look at it.</summary>
    bool Keeps => false;

    /// <exception cref="OperationCanceledException">the time is over</exception>
    Task<Outcome> Send(Message message, CancellationToken cancel);
}

/// <summary>The provider has it; it will never take it; it may take it another time.</summary>
public enum OutcomeKind
{
    Sent,
    Refused,
    Later,
}

/// <param name="Kind">what came of it</param>
/// <param name="ProviderId">what the provider calls the message</param>
/// <param name="Reason">as the provider gave it, for the tenant to read</param>
/// <param name="NotBefore">when the provider wants to be asked again</param>
/// <param name="Device">what was learned of the device</param>
public sealed record Outcome(
    OutcomeKind Kind,
    string? ProviderId = null,
    string? Reason = null,
    TimeSpan? NotBefore = null,
    DeviceChange? Device = null
)
{
    public static Outcome Sent(string? providerId) => new(OutcomeKind.Sent, providerId);

    public static Outcome Refused(string reason) => new(OutcomeKind.Refused, Reason: reason);

    public static Outcome Later(string reason, TimeSpan? notBefore = null) =>
        new(OutcomeKind.Later, Reason: reason, NotBefore: notBefore);
}
