using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Transports;

/// <summary>Makes one attempt to hand a message to a provider.</summary>
public interface ITransport
{
    Channel Channel { get; }

    /// <summary>The name of the transport in the API.</summary>
    string Name { get; }

    /// <summary>Whether texts stay stored after sending, because they are shown from there.</summary>
    bool KeepsText => false;

    /// <exception cref="OperationCanceledException">The provider did not respond in time.</exception>
    Task<Outcome> Send(Message message, CancellationToken cancel);
}

/// <summary>
/// The provider accepted the message (<c>Sent</c>), refused it permanently (<c>Refused</c>), or may accept it at
/// another attempt (<c>Later</c>).
/// </summary>
public enum OutcomeKind
{
    Sent,
    Refused,
    Later,
}

/// <summary>The outcome of an attempt.</summary>
/// <param name="Kind">Whether the provider accepted the message.</param>
/// <param name="ProviderId">The id that the provider gave the message.</param>
/// <param name="Reason">Why the message was not accepted. The tenant can read it.</param>
/// <param name="NotBefore">The pause that the provider demands before the next attempt.</param>
/// <param name="Device">What the transport learned about the device.</param>
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
