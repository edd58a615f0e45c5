using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Notifications.Delivery;

/// <summary>The result of a delivery attempt, as it is written into the row of the message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Status">The new status.</param>
/// <param name="Reason">Why the message was not sent.</param>
/// <param name="RetryAfter">The pause before the next attempt of a message that is queued again.</param>
/// <param name="ProviderId">The id that the provider gave the message.</param>
/// <param name="Transport">The transport that was used.</param>
/// <param name="ErasesText">Whether the texts of the message are erased.</param>
/// <param name="WasNotAttempted">Whether the message is returned to the queue as if it had not been claimed.</param>
/// <param name="Device">What the transport learned about the device.</param>
public sealed record DeliveryResult(
    Message Message,
    NotificationStatus Status,
    string? Reason = null,
    TimeSpan RetryAfter = default,
    string? ProviderId = null,
    string? Transport = null,
    bool ErasesText = false,
    bool WasNotAttempted = false,
    DeviceChange? Device = null
);
