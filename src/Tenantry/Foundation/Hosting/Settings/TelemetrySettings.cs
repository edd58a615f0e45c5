using System.Globalization;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Where metrics are read and traces go.</summary>
/// <param name="MetricsPort">on which <c>/metrics</c> answers, and nothing else; null: it answers on the API's, to whoever has the token</param>
/// <param name="MetricsToken">that a scraper has to show; null: none, and then the API's own port shows metrics to nobody but, in Development, this machine</param>
/// <param name="Collector">that takes traces and metrics by OTLP; null: none</param>
/// <param name="IsGrpc">OTLP over gRPC instead of HTTP</param>
/// <param name="CollectorHeaders">as OTLP's own setting writes them; they can hold a key</param>
/// <param name="SampledShare">of traces that are recorded, 0 to 1, by their ids: so all services of a trace decide alike</param>
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
        read.Need("METRICS_TOKEN", token is null or { Length: >= 16 }, "must have 16 characters at least");
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
