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
    /// <param name="address">The address, with its host in lower-case ASCII (RFC 5891).</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (!EmailAttribute.IsAddress(text))
            return false;
        if (
            !MailboxAddress.TryParse(text, out var parsed)
            || parsed.Address != text
            || parsed.Name is { Length: > 0 }
            || parsed.Route.Count > 0
        )
            return false;
        var at = text.LastIndexOf('@');
        var host = EmailAttribute.AsciiHost(text[(at + 1)..]);
        if (at + 1 + host.Length > 254)
            return false;
        address = text[..(at + 1)] + host;
        return true;
    }
}
