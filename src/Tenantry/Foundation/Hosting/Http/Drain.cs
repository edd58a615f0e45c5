using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// How an instance goes: on SIGTERM it says that it is not ready (<c>/health/ready</c>), and goes on serving for as long as load balancers take to notice (<c>DRAIN_SECONDS</c>). Then it takes no
/// more connections, requests under way end, and workers hand back what they hold. What runs into <see cref="Longest"/> is cut off.
/// </summary>
public sealed class Drain(ServiceSettings settings) : IHostedLifecycleService
{
    /// <summary>For requests under way and workers, once no more is taken.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    private volatile bool hasBegun;

    public bool HasBegun => hasBegun;

    /// <summary>Before anything else is told to stop.</summary>
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
