using System.Net;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary><c>tenantry health</c>: asks the instance of this machine how it is, for images that hold no other program to ask with.</summary>
public static class HealthCommand
{
    /// <summary>A part of health has two seconds to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <param name="settings">the environment alone: nobody waits for a secret of AWS at every probe</param>
    /// <param name="isLive">whether it is enough that the process answers</param>
    /// <param name="cancel">of the caller</param>
    /// <exception cref="OperatorException">it does not answer, or is not ready</exception>
    public static async Task Run(SettingsReader settings, bool isLive, CancellationToken cancel)
    {
        var address = new UriBuilder(
            Uri.UriSchemeHttp,
            Host(settings),
            settings.Number("API_PORT", 8000, 0, 65535),
            isLive ? "/health/live" : "/health/ready"
        ).Uri;
        if (settings.Faults.Count > 0)
            throw new SettingsException(settings.Faults);
        // Past any proxy that the environment names.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address, cancel);
            if (!answer.IsSuccessStatusCode)
                throw new OperatorException($"{address} answers {(int)answer.StatusCode}.");
        }
        catch (Exception e)
            when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new OperatorException($"{address} does not answer.");
        }
    }

    /// <summary>Whoever listens on all addresses listens on loopback.</summary>
    private static string Host(SettingsReader settings) =>
        IPAddress.TryParse(settings.Text("API_HOST") ?? "127.0.0.1", out var address) switch
        {
            true when address!.Equals(IPAddress.IPv6Any) => "[::1]",
            true when !address.Equals(IPAddress.Any) => address.AddressFamily
            == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"[{address}]"
                : address.ToString(),
            _ => "127.0.0.1",
        };
}
