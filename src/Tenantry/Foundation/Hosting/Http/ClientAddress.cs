using System.Net;
using System.Net.Sockets;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Where a request came from, as trusted proxies say it (<c>TRUSTED_PROXIES</c>).</summary>
public static class ClientAddress
{
    private const int MostOfUserAgent = 256;

    /// <summary>An IPv4 address is one, however the socket wrote it.</summary>
    public static IPAddress? Of(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : http.Connection.RemoteIpAddress;

    /// <summary>What the client calls itself: 256 characters of it, none of them half of one, which no database takes.</summary>
    public static string? UserAgentOf(HttpContext http)
    {
        var text = http.Request.Headers.UserAgent.ToString();
        return text.Length == 0 ? null : StorableText.Cut(text, MostOfUserAgent);
    }

    /// <summary>What one customer of a network has: an IPv4 address, or the /64 of an IPv6 address.</summary>
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
