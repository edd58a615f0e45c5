using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Observability;

/// <summary>Who reads <c>/metrics</c>: whoever comes by the port for it, or shows the token. Nobody with an access token: figures are the operator's, and of all tenants together.</summary>
public sealed class MetricsGate(ServiceSettings settings, LiveSettings live)
{
    public const string Path = "/metrics";

    /// <returns>200, or what to answer instead</returns>
    public int StatusFor(HttpContext http)
    {
        var isOwnPort = http.Connection.LocalPort == settings.Telemetry.MetricsPort;
        if (live.Current.Telemetry.MetricsToken is { } wanted)
        {
            var shown = http.Request.Headers.Authorization.ToString();
            return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {wanted}"))) ? 200 : 401;
        }
        var isOpenHere = settings.IsDevelopment && settings.Telemetry.MetricsPort is null && http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        return isOwnPort || isOpenHere ? 200 : 404;
    }
}

public static class MetricsEndpoint
{
    /// <summary>Where the metrics have a port of their own, nothing else answers there.</summary>
    public static void UseMetrics(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        var gate = app.Services.GetRequiredService<MetricsGate>();
        app.MapWhen(http => http.Request.Path == MetricsGate.Path && gate.StatusFor(http) == StatusCodes.Status200OK, branch => branch.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true));
        app.Use((http, next) =>
        {
            if (http.Request.Path != MetricsGate.Path && http.Connection.LocalPort != settings.Telemetry.MetricsPort)
                return next(http);
            http.Response.StatusCode = http.Request.Path == MetricsGate.Path ? gate.StatusFor(http) : StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
