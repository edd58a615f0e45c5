using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tenantry.Features.Health;

/// <summary>
/// Limits how often and how long a health check runs. Health is a public endpoint, so a client could otherwise cause
/// any number of queries: concurrent requests, and requests within the validity, share one result. A failed result is
/// valid for one second.
/// </summary>
/// <param name="name">The name of the check, for the log.</param>
/// <param name="check">The check. An exception means that it failed.</param>
/// <param name="validity">How long a successful result is valid.</param>
/// <param name="log">Receives an event when the check fails, and when it succeeds again.</param>
/// <param name="clock">Measures the age of results.</param>
public sealed partial class CachedHealthCheck(
    string name,
    IHealthCheck check,
    TimeSpan validity,
    ILogger log,
    TimeProvider clock
) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FailureValidity = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<HealthCheckResult>? latest;
    private long startedAt;
    private bool hasFailed;

    /// <summary>Returns the latest valid result, or runs the check.</summary>
    /// <param name="context">The registration, with the status of a failure.</param>
    /// <param name="cancellationToken">Ignored: other requests wait for the same result.</param>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        lock (gate)
        {
            if (
                latest is null
                || (latest.IsCompleted && clock.GetElapsedTime(startedAt) > (hasFailed ? FailureValidity : validity))
            )
                (latest, startedAt) = (Task.Run(() => Run(context), CancellationToken.None), clock.GetTimestamp());
            return latest;
        }
    }

    private async Task<HealthCheckResult> Run(HealthCheckContext context)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            // WaitAsync, because a check may ignore the token.
            var result = await check.CheckHealthAsync(context, deadline.Token).WaitAsync(deadline.Token);
            if (hasFailed)
                Succeeded(log, name);
            hasFailed = false;
            return result;
        }
        catch (Exception e) // whatever it is, the part does not work
        {
            if (!hasFailed)
                Failed(log, name, e);
            hasFailed = true;
            return new HealthCheckResult(context.Registration.FailureStatus, exception: e);
        }
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Error, Message = "Health check {Part} failed")]
    private static partial void Failed(ILogger log, string part, Exception exception);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Information, Message = "Health check {Part} succeeds again")]
    private static partial void Succeeded(ILogger log, string part);
}
