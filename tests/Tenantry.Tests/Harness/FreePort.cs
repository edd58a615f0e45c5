using System.Net;
using System.Net.Sockets;

namespace Tenantry.Tests.Harness;

/// <summary>
/// A port of loopback for a server that has to be told its port. It lies below the range from which systems give ports
/// to servers that ask for any, and to connections, and is given once: between the search and the start of the server,
/// another server of the tests cannot take it and answer in its place.
/// </summary>
public static class FreePort
{
    private const int First = 12_000;

    /// <summary>Linux gives 32768 and above, macOS and Windows give 49152 and above.</summary>
    private const int Last = 32_000;

    private static int last = Random.Shared.Next(First, Last);

    public static int Find()
    {
        for (var tries = 0; tries < Last - First; tries++)
        {
            var port = First + Interlocked.Increment(ref last) % (Last - First);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program listens here.
            }
        }
        throw new InvalidOperationException($"No port of loopback from {First} to {Last} is free.");
    }
}
