using System.Diagnostics;

namespace Tenantry.Foundation.Hosting.Workers;

/// <summary>
/// A background service that runs one piece of work at a fixed interval. A run that fails is reported, and the next one
/// tries again: no failure ends the worker.
/// </summary>
/// <param name="name">what a run does, as the name of its span: <c>measure queue</c></param>
/// <param name="interval">from the start of one run to the start of the next; a run that takes longer delays the next
/// one</param>
/// <param name="clock">measures the interval; null: the time of the system, whatever the clock of the service
/// says</param>
/// <param name="isImmediate">the first run begins when the worker starts, and not one interval later</param>
public abstract class PeriodicWorker(
    string name,
    TimeSpan interval,
    TimeProvider? clock = null,
    bool isImmediate = false
) : BackgroundService
{
    private readonly SemaphoreSlim wake = new(0, 1);

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>False: the worker ends at once, and runs nothing.</summary>
    protected virtual bool IsNeeded => true;

    protected abstract Task Run(CancellationToken cancel);

    /// <summary>Logs the failure of a run, and forgets what the run would have replaced.</summary>
    protected abstract void Failed(Exception failure);

    /// <summary>Called once, before the first run.</summary>
    protected virtual Task Begin(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Called once, after the last run, while the process stops.</summary>
    protected virtual Task End() => Task.CompletedTask;

    /// <summary>Starts a run now. Several calls before that run starts are one.</summary>
    protected void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException) { } // a run is due already
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsNeeded)
            return;
        try
        {
            await Begin(stoppingToken);
            using var timer = new PeriodicTimer(interval, clock ?? TimeProvider.System);
            if (isImmediate)
                await TryToRun(stoppingToken);
            var (tick, woken) = (timer.WaitForNextTickAsync(stoppingToken).AsTask(), wake.WaitAsync(stoppingToken));
            while (true)
            {
                var first = await Task.WhenAny(tick, woken);
                await first; // ends the loop when the process stops
                if (first == tick)
                    tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                else
                    woken = wake.WaitAsync(stoppingToken);
                await TryToRun(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        finally
        {
            await End();
        }
    }

    /// <summary>One run, whose failure is reported.</summary>
    protected async Task TryToRun(CancellationToken cancel)
    {
        // Its lines of the log get a trace of their own. No collector records it: most runs find nothing to do.
        var around = Activity.Current;
        Activity.Current = null;
        using var span = new Activity(name) { IsAllDataRequested = false }.Start();
        try
        {
            await Run(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Failed(e);
        }
        finally
        {
            span.Stop();
            Activity.Current = around;
        }
    }
}
