using System.Net;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>
/// <c>tenantry health</c>: checks the instance on this machine, for images that contain no other HTTP client.
/// </summary>
public static class HealthCommand
{
    /// <summary>Longer than the two seconds that each health check may take.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(4);

    /// <param name="settings">The environment alone, because a probe must not wait for AWS Secrets Manager.</param>
    /// <param name="isLive">Whether a response of the process is enough.</param>
    /// <param name="cancel">Cancels the check.</param>
    /// <exception cref="OperatorException">The instance does not answer or is not ready.</exception>
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
        // A proxy of the environment must not be used.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeLimit };
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

    /// <summary>An instance that listens on all addresses listens on loopback too.</summary>
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
