using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The shutdown of an instance. On SIGTERM it reports that it is not ready (<c>/health/ready</c>) and continues to
/// serve until load balancers notice (<c>DRAIN_SECONDS</c>). Then it accepts no more connections, running requests end,
/// and workers return their leases. Work that takes longer than <see cref="Longest"/> is cancelled.
/// </summary>
public sealed class Drain(ServiceSettings settings) : IHostedLifecycleService
{
    /// <summary>The time limit for running requests and workers after the last connection was accepted.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    private volatile bool hasBegun;

    public bool HasBegun => hasBegun;

    /// <summary>Runs before any other service is stopped.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        hasBegun = true;
        await Task.Delay(settings.DrainTime, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
