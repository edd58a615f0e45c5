using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Where metrics are served and traces are sent.</summary>
/// <param name="MetricsPort">
/// The port that serves <c>/metrics</c> and nothing else. Null: the API's port serves it to a scraper with the token.
/// </param>
/// <param name="MetricsToken">
/// The token that a scraper must send. Null: the API's port serves no metrics, except to this machine in Development.
/// </param>
/// <param name="Collector">The collector that traces and metrics are sent to by OTLP. Null: none.</param>
/// <param name="IsGrpc">Whether OTLP uses gRPC instead of HTTP.</param>
/// <param name="CollectorHeaders">Headers in the form of OTLP's own setting. They can contain a key.</param>
/// <param name="SampledShare">
/// The share of traces that are recorded, from 0 to 1. The trace id decides, so that all services of a trace decide
/// alike.
/// </param>
public sealed record TelemetrySettings(
    int? MetricsPort,
    string? MetricsToken,
    Uri? Collector,
    bool IsGrpc,
    string? CollectorHeaders,
    double SampledShare
)
{
    public override string ToString() => "telemetry";

    internal static TelemetrySettings Read(SettingsReader read)
    {
        var port = read.Text("METRICS_PORT") is null ? (int?)null : read.Number("METRICS_PORT", 9464, 0, 65535);
        var token = read.Text("METRICS_TOKEN");
        read.Need("METRICS_TOKEN", token is null or { Length: >= 16 }, "must have at least 16 characters");
        var protocol = read.Text("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        read.Need(
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            protocol is "http/protobuf" or "grpc",
            "must be http/protobuf or grpc"
        );
        var share = 1.0;
        if (read.Text("OTEL_TRACES_SAMPLER_ARG") is { } text)
            read.Need(
                "OTEL_TRACES_SAMPLER_ARG",
                double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out share)
                    && share is >= 0 and <= 1,
                "must be a share from 0 to 1"
            );
        return new TelemetrySettings(
            port,
            token,
            read.HttpUrl("OTEL_EXPORTER_OTLP_ENDPOINT"),
            protocol == "grpc",
            read.Text("OTEL_EXPORTER_OTLP_HEADERS"),
            share
        );
    }
}
