using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// Access to <c>/metrics</c>: by its own port or with the metrics token. An access token gives no access, because
/// metrics cover all tenants and belong to the operator.
/// </summary>
public sealed class MetricsGate(ServiceSettings settings, LiveSettings live)
{
    public const string Path = "/metrics";

    /// <returns>200, or the status of the refusal.</returns>
    public int StatusFor(HttpContext http)
    {
        // With their own port, metrics are on no other port, regardless of the token.
        if (settings.Telemetry.MetricsPort is not null && !IsOwnPort(http))
            return StatusCodes.Status404NotFound;
        if (IsOperator(http))
            return StatusCodes.Status200OK;
        return live.Current.Telemetry.MetricsToken is null
            ? StatusCodes.Status404NotFound
            : StatusCodes.Status401Unauthorized;
    }

    /// <summary>
    /// Whether the caller is an operator: by the token if one is set, otherwise by the port, or by loopback in
    /// Development.
    /// </summary>
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
    /// <summary>The port of the metrics serves nothing else.</summary>
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
