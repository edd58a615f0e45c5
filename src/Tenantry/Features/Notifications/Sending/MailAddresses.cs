using System.Diagnostics.CodeAnalysis;
using MimeKit;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// Parses a single e-mail address (RFC 5321). Names, lists and comments are refused, so that no part of it can inject a
/// header.
/// </summary>
public static class MailAddresses
{
    /// <param name="text">The address as the caller wrote it.</param>
    /// <param name="address">
    /// The address in NFC, without white space around it, and with its host in lower-case ASCII (RFC 5891).
    /// </param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        text = EmailAddress.Stored(text);
        if (!EmailAddress.IsValid(text))
            return false;
        var delivered = EmailAddress.ForDelivery(text);
        if (
            !MailboxAddress.TryParse(delivered, out var parsed)
            || EmailAddress.ForDelivery(parsed.Address) != delivered // MimeKit returns the host in its own script
            || parsed.Name is { Length: > 0 }
            || parsed.Route.Count > 0
        )
            return false;
        address = delivered;
        return true;
    }
}
