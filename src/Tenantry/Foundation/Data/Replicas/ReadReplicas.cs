using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>The servers in DATABASE_READ_URL, and which of them can serve reads at the moment.</summary>
public sealed partial class ReadReplicas : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The pause after the isolation check of a replica had findings.</summary>
    private static readonly TimeSpan BanTime = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for a replica.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    private readonly Replica[] all;
    private readonly ReadYourWrites changes;
    private readonly ILogger<ReadReplicas> log;
    private readonly Counter<long> reads;
    private int turn;

    public ReadReplicas(
        ServiceSettings settings,
        LiveSettings live,
        NpgsqlDataSource primary,
        IsolationCheck isolation,
        ReadYourWrites changes,
        IMeterFactory meters,
        ILogger<ReadReplicas> log
    )
    {
        (this.changes, this.log) = (changes, log);
        all =
        [
            .. settings.Replicas.Select(
                (server, i) =>
                    new Replica(
                        $"{i + 1}",
                        DatabaseServices.DataSource(server, live, now => now.Replicas[i], name: "tenantry replica"),
                        primary,
                        settings.ReplicaMaxLag,
                        isolation
                    )
            ),
        ];
        var meter = meters.Create("Tenantry.Replicas");
        reads = meter.CreateCounter<long>(
            "tenantry.replica.reads",
            description: "Reads that may be stale, by outcome: replica, or the reason for the primary: own_change, not_told, no_replica, failed"
        );
        meter.CreateObservableGauge(
            "tenantry.replica.lag",
            () =>
                all.Where(one => one.Lag is not null)
                    .Select(one => new Measurement<double>(
                        one.Lag!.Value.TotalSeconds,
                        new KeyValuePair<string, object?>("replica", one.Name)
                    )),
            "s",
            "How far a replica is behind the primary"
        );
        meter.CreateObservableGauge(
            "tenantry.replica.usable",
            () =>
                all.Select(one => new Measurement<int>(
                    one.IsUsable ? 1 : 0,
                    new KeyValuePair<string, object?>("replica", one.Name)
                )),
            description: "1 while reads that may be stale use the replica"
        );
    }

    /// <summary>Whether DATABASE_READ_URL is set.</summary>
    public bool AreConfigured => all.Length > 0;

    /// <summary>
    /// Whether at least one replica can be read from. The primary may be listed too, for a failover; it does not count.
    /// </summary>
    public bool HasUsable => Array.Exists(all, one => one.IsUsable);

    /// <summary>Returns a replica that has the tenant's last change. Null: read from the primary.</summary>
    public async ValueTask<Replica?> Choose(Guid tenant)
    {
        var (replica, outcome) =
            !HasUsable ? (null, "no_replica")
            : await changes.Of(tenant) is not { } position ? (null, "not_told")
            : Next(position) is { } found ? (found, "replica")
            : (null, "own_change");
        Count(outcome);
        return replica;
    }

    /// <summary>Records that a read failed on a replica; it is repeated on the primary.</summary>
    public void ReportFailure(Replica replica)
    {
        replica.Invalidate();
        Count("failed");
    }

    /// <summary>The next usable replica in turn that has a position.</summary>
    private Replica? Next(long position)
    {
        var first = (uint)Interlocked.Increment(ref turn);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[(first + i) % all.Length] is { IsUsable: true } one && one.HasReplayed(position))
                return one;
        }
        return null;
    }

    /// <summary>
    /// Checks the replicas before the service starts. A replica that does not answer, or is too far behind, does not
    /// prevent the start.
    /// </summary>
    /// <exception cref="TenantIsolationException">A replica does not isolate tenants.</exception>
    public Task DemandSafety(CancellationToken cancel) => Task.WhenAll(all.Select(one => DemandSafety(one, cancel)));

    private static async Task DemandSafety(Replica one, CancellationToken cancel)
    {
        for (
            var watch = System.Diagnostics.Stopwatch.StartNew();
            !one.IsUsable && watch.Elapsed < StartTimeout;
            await Task.Delay(ProbeInterval / 5, cancel)
        )
        {
            try
            {
                await one.Probe(cancel);
            }
            catch (Exception e) when (e is not TenantIsolationException && !cancel.IsCancellationRequested)
            {
                break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        foreach (var one in all)
            await one.DisposeAsync();
    }

    private void Count(string outcome) => reads.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(all.Select(one => Watch(one, stoppingToken)));

    private async Task Watch(Replica one, CancellationToken stop)
    {
        var wasUsable = true;
        while (!stop.IsCancellationRequested)
        {
            using var round = Spans.BeginUnrecorded("look at replica");
            var (why, pause) = ("it is too far behind", ProbeInterval);
            try
            {
                await one.Probe(stop);
            }
            catch (TenantIsolationException e)
            {
                LogBanned(log, one.Name, e.Message);
                pause = BanTime;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                why = e.Message;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (one.IsUsable != wasUsable && pause == ProbeInterval)
            {
                if (wasUsable)
                    LogUnused(log, one.Name, why);
                else
                    LogUsedAgain(log, one.Name);
            }
            wasUsable = one.IsUsable;
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        EventId = 1105,
        Level = LogLevel.Warning,
        Message = "Replica {Replica} is not used; reads use the primary: {Reason}"
    )]
    private static partial void LogUnused(ILogger log, string replica, string reason);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Information, Message = "Replica {Replica} is used again")]
    private static partial void LogUsedAgain(ILogger log, string replica);

    [LoggerMessage(
        EventId = 1107,
        Level = LogLevel.Error,
        Message = "Replica {Replica} does not isolate tenants and is not used: {Faults}"
    )]
    private static partial void LogBanned(ILogger log, string replica, string faults);
}
