using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Health;

/// <summary>The state of the service or of a part of it, from best to worst.</summary>
public enum HealthState
{
    Ok,
    Degraded,
    Failed,
}

/// <summary>The health of this instance.</summary>
/// <param name="Status">
/// <c>ok</c>, or <c>degraded</c> where a part is unavailable that most requests do not need.
/// </param>
/// <param name="Checks">The state of each part. Returned only to callers who may read the metrics.</param>
public sealed record HealthDocument(
    HealthState Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, HealthState>? Checks = null
) : IExample<HealthDocument>
{
    public static HealthDocument Of(HealthReport report) =>
        new(
            StateOf(report.Status),
            report.Entries.ToDictionary(
                entry => entry.Key,
                entry => StateOf(entry.Value.Status),
                StringComparer.Ordinal
            )
        );

    private static HealthState StateOf(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => HealthState.Ok,
            HealthStatus.Degraded => HealthState.Degraded,
            _ => HealthState.Failed,
        };

    public static HealthDocument Example => new(HealthState.Ok);
}
