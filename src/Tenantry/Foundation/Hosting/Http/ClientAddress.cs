using System.Net;
using System.Net.Sockets;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The address of a client, as trusted proxies report it (<c>TRUSTED_PROXIES</c>).</summary>
public static class ClientAddress
{
    private const int MostOfUserAgent = 256;

    /// <summary>An IPv4 address that a socket reports in IPv6 form is converted to IPv4.</summary>
    public static IPAddress? Of(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : http.Connection.RemoteIpAddress;

    /// <summary>
    /// The first 256 characters of the user agent, without half of a surrogate pair, which cannot be stored.
    /// </summary>
    public static string? UserAgentOf(HttpContext http)
    {
        var text = http.Request.Headers.UserAgent.ToString();
        return text.Length == 0 ? null : StorableText.Truncate(text, MostOfUserAgent);
    }

    /// <summary>The network of one customer: an IPv4 address, or the /64 of an IPv6 address.</summary>
    public static string Network(IPAddress? address) =>
        address switch
        {
            null => "none",
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(
                address.GetAddressBytes().AsSpan(0, 8)
            ),
            _ => address.ToString(),
        };
}
