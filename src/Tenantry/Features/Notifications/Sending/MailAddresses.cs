using System.Diagnostics.CodeAnalysis;
using MimeKit;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>One address that a mail can go to (RFC 5321): no name, no list, no comment, nothing that could become a header.</summary>
public static class MailAddresses
{
    /// <param name="text">as somebody wrote it</param>
    /// <param name="address">its host in small ASCII letters (RFC 5891)</param>
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
