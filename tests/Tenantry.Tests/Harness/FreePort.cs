using System.Net;
using System.Net.Sockets;

namespace Tenantry.Tests.Harness;

public static class FreePort
{
    /// <summary>Of loopback, that nobody listens on.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
