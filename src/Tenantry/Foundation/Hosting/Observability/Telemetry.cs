using System.Diagnostics;
using Npgsql;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// Collects and exports metrics and traces by OpenTelemetry. Each part of the service defines its own meters.
/// </summary>
public static class Telemetry
{
    /// <summary>Every part of the service has a meter of this family.</summary>
    private const string OwnMeters = "Tenantry.*";

    public static void AddTelemetry(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<MetricsGate>();
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    "tenantry",
                    serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3),
                    serviceInstanceId: Environment.MachineName
                )
            );
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(
                OwnMeters,
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Server.Kestrel",
                "System.Runtime",
                "System.Net.Http",
                "Npgsql"
            );
            // One histogram per method, route and status. Further tags of the framework would multiply their number.
            metrics.AddView(
                "http.server.request.duration",
                new ExplicitBucketHistogramConfiguration
                {
                    TagKeys = ["http.request.method", "http.route", "http.response.status_code", "error.type"],
                    Boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
                }
            );
            metrics.AddView("http.server.active_requests", new MetricStreamConfiguration { TagKeys = [] });
            metrics.AddView("kestrel.*", new MetricStreamConfiguration { TagKeys = ["error.type"] });
            metrics.AddView(
                "http.client.request.duration",
                new ExplicitBucketHistogramConfiguration
                {
                    TagKeys = ["http.request.method", "server.address", "http.response.status_code"],
                    Boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
                }
            );
            metrics.AddView(
                "db.client.operation.duration",
                new ExplicitBucketHistogramConfiguration
                {
                    TagKeys = ["db.client.connection.pool.name"],
                    Boundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
                }
            );
            metrics.AddView(instrument =>
                instrument.Meter.Name == "System.Net.Http" && instrument.Name != "http.client.request.duration"
                    ? MetricStreamConfiguration.Drop
                    : null
            );
            metrics.AddPrometheusExporter(exporter => exporter.ScopeInfoEnabled = false);
            if (settings.Telemetry.Collector is not null)
                metrics.AddOtlpExporter(otlp => Reach(otlp, settings.Telemetry, "v1/metrics"));
        });
        if (settings.Telemetry.Collector is null)
            return;
        telemetry.WithTracing(traces =>
            traces
                .SetSampler(new ShareOfTraces(settings.Telemetry.SampledShare))
                .AddSource(Spans.SourceName)
                .AddNpgsql()
                .AddHttpClientInstrumentation()
                .AddAspNetCoreInstrumentation(aspnet =>
                    aspnet.Filter = http =>
                        !http.Request.Path.StartsWithSegments("/health") && http.Request.Path != MetricsGate.Path
                )
                .AddOtlpExporter(otlp => Reach(otlp, settings.Telemetry, "v1/traces"))
        );
    }

    /// <summary>
    /// The trace id decides, so that all services with this share decide alike. The caller's sampling flag is ignored:
    /// otherwise any client could have every request recorded. A call without a parent, such as a worker's poll, is not
    /// recorded.
    /// </summary>
    private sealed class ShareOfTraces(double share) : Sampler
    {
        private readonly TraceIdRatioBasedSampler byId = new(share);

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        {
            var parent = samplingParameters.ParentContext;
            if (parent.TraceId == default)
                return samplingParameters.Kind == ActivityKind.Client
                    ? new SamplingResult(SamplingDecision.Drop)
                    : byId.ShouldSample(samplingParameters);
            return parent.IsRemote
                ? byId.ShouldSample(samplingParameters)
                : new SamplingResult(
                    parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                        ? SamplingDecision.RecordAndSample
                        : SamplingDecision.Drop
                );
        }
    }

    private static void Reach(OtlpExporterOptions otlp, TelemetrySettings settings, string path)
    {
        otlp.Protocol = settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        // OTLP specification: each signal adds its path to the endpoint, except with gRPC.
        otlp.Endpoint = settings.IsGrpc
            ? settings.Collector!
            : new Uri(new Uri(settings.Collector!.AbsoluteUri.TrimEnd('/') + "/"), path);
        otlp.Headers = settings.CollectorHeaders;
    }
}
