using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>Who reads <c>/metrics</c>: whoever comes by the port for it, or shows the token. Nobody with an access token: figures are the operator's, and of all tenants together.</summary>
public sealed class MetricsGate(ServiceSettings settings, LiveSettings live)
{
    public const string Path = "/metrics";

    /// <returns>200, or what to answer instead</returns>
    public int StatusFor(HttpContext http)
    {
        // Where they have a port of their own they are on no other, whatever is shown there.
        if (settings.Telemetry.MetricsPort is not null && !IsOwnPort(http))
            return StatusCodes.Status404NotFound;
        if (IsOperator(http))
            return StatusCodes.Status200OK;
        return live.Current.Telemetry.MetricsToken is null
            ? StatusCodes.Status404NotFound
            : StatusCodes.Status401Unauthorized;
    }

    /// <summary>Whoever may know what is the operator's: by the token where there is one, otherwise by the port, or in Development by being on this machine.</summary>
    public bool IsOperator(HttpContext http)
    {
        if (live.Current.Telemetry.MetricsToken is { } wanted)
            return CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString())),
                SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {wanted}"))
            );
        return IsOwnPort(http)
            || (
                settings.IsDevelopment
                && settings.Telemetry.MetricsPort is null
                && http.Connection.RemoteIpAddress is { } remote
                && IPAddress.IsLoopback(remote)
            );
    }

    private bool IsOwnPort(HttpContext http) => http.Connection.LocalPort == settings.Telemetry.MetricsPort;
}

public static class MetricsEndpoint
{
    /// <summary>Where the metrics have a port of their own, nothing else answers there.</summary>
    public static void UseMetrics(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        var gate = app.Services.GetRequiredService<MetricsGate>();
        app.MapWhen(
            http => http.Request.Path == MetricsGate.Path && gate.StatusFor(http) == StatusCodes.Status200OK,
            branch => branch.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true)
        );
        app.Use(
            (http, next) =>
            {
                if (
                    http.Request.Path != MetricsGate.Path
                    && http.Connection.LocalPort != settings.Telemetry.MetricsPort
                )
                    return next(http);
                http.Response.StatusCode =
                    http.Request.Path == MetricsGate.Path ? gate.StatusFor(http) : StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        );
    }
}
