using System.Net;
using System.Net.Sockets;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// The address of ClamAV's daemon. The daemon has neither authentication nor encryption, so it must be on the same
/// machine or in a private network.
/// </summary>
/// <param name="Address">A host and port, or the path of a Unix socket.</param>
/// <param name="Timeout">
/// How long the daemon may stay silent while the service connects, while it reads a part, and while it scans.
/// </param>
public sealed record ClamdSettings(EndPoint Address, TimeSpan Timeout)
{
    private const int Port = 3310;

    internal static ClamdSettings? Read(SettingsReader read)
    {
        var timeout = TimeSpan.FromSeconds(read.Number("CLAMD_TIMEOUT_SECONDS", 60, 1, 3600));
        if (read.Text("CLAMD_URL") is not { } text)
            return null;
        if (Parse(text) is { } address)
            return new ClamdSettings(address, timeout);
        read.Fault("CLAMD_URL", "must be a URL like tcp://host:3310 or unix:///run/clamd.sock");
        return null;
    }

    private static EndPoint? Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0
            || url.Query.Length > 0
            || url.Fragment.Length > 0
        )
            return null;
        if (url is { Scheme: "tcp", Host.Length: > 0, AbsolutePath.Length: <= 1, Port: not 0 })
            return new DnsEndPoint(url.IdnHost, url.Port > 0 ? url.Port : Port);
        if (url is not { Scheme: "unix", Host.Length: 0, AbsolutePath.Length: > 1 })
            return null;
        try
        {
            return new UnixDomainSocketEndPoint(Uri.UnescapeDataString(url.AbsolutePath));
        }
        catch (ArgumentOutOfRangeException) // the longest path differs between systems: about a hundred bytes
        {
            return null;
        }
    }
}
