using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>The servers of DATABASE_READ_URL, and which of them can be read from at the moment.</summary>
public sealed partial class ReadReplicas : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    /// <summary>After it was found to be one that must not be read from.</summary>
    private static readonly TimeSpan Banned = TimeSpan.FromSeconds(30);

    /// <summary>How long the start waits for those that are there.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(5);

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
                        settings.ReadLag,
                        isolation
                    )
            ),
        ];
        var meter = meters.Create("Tenantry.Replicas");
        reads = meter.CreateCounter<long>(
            "tenantry.replica.reads",
            description: "Reads that may be stale, by outcome: replica, or why the primary was asked: own_change, not_told, no_replica, failed"
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
            "For how long a replica has not had all that the primary had"
        );
        meter.CreateObservableGauge(
            "tenantry.replica.usable",
            () =>
                all.Select(one => new Measurement<int>(
                    one.IsUsable ? 1 : 0,
                    new KeyValuePair<string, object?>("replica", one.Name)
                )),
            description: "1 while reads that may be stale go there"
        );
    }

    /// <summary>Whether DATABASE_READ_URL is set.</summary>
    public bool AreThere => all.Length > 0;

    /// <summary>Whether one at least can be read from. Where the primary is listed too, since the two may change places, there is always one that cannot.</summary>
    public bool AnyIsUsable => Array.Exists(all, one => one.IsUsable);

    /// <summary>Where a read of a tenant's caller can go that may be stale: a replica that has the tenant's last change. Null: to the primary.</summary>
    public async ValueTask<Replica?> Choose(Guid tenant)
    {
        var (replica, outcome) =
            !AnyIsUsable ? (null, "no_replica")
            : await changes.Of(tenant) is not { } position ? (null, "not_told")
            : With(position) is { } found ? (found, "replica")
            : (null, "own_change");
        Count(outcome);
        return replica;
    }

    /// <summary>A read has failed there, and is done again on the primary.</summary>
    public void Failed(Replica replica)
    {
        replica.Doubt();
        Count("failed");
    }

    /// <summary>By turns.</summary>
    private Replica? With(long position)
    {
        var first = (uint)Interlocked.Increment(ref turn);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[(first + i) % all.Length] is { IsUsable: true } one && one.Has(position))
                return one;
        }
        return null;
    }

    /// <summary>Before the service starts. One that does not answer, or is far behind, is waited for while it serves.</summary>
    /// <exception cref="IsolationBrokenException">some must not be read from</exception>
    public Task DemandSafety(CancellationToken cancel) => Task.WhenAll(all.Select(one => DemandSafety(one, cancel)));

    private static async Task DemandSafety(Replica one, CancellationToken cancel)
    {
        for (
            var watch = System.Diagnostics.Stopwatch.StartNew();
            !one.IsUsable && watch.Elapsed < Start;
            await Task.Delay(Beat / 5, cancel)
        )
        {
            try
            {
                await one.Look(cancel);
            }
            catch (Exception e) when (e is not IsolationBrokenException && !cancel.IsCancellationRequested)
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
            using var round = Spans.Round("look at replica");
            var (why, pause) = ("it is too far behind", Beat);
            try
            {
                await one.Look(stop);
            }
            catch (IsolationBrokenException e)
            {
                Banned_(log, one.Name, e.Message);
                pause = Banned;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                why = e.Message;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (one.IsUsable != wasUsable && pause == Beat)
            {
                if (wasUsable)
                    NotUsed(log, one.Name, why);
                else
                    UsedAgain(log, one.Name);
            }
            wasUsable = one.IsUsable;
            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(
        EventId = 1105,
        Level = LogLevel.Warning,
        Message = "Replica {Replica} is not read from, the primary is instead: {Reason}"
    )]
    private static partial void NotUsed(ILogger log, string replica, string reason);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Information, Message = "Replica {Replica} is read from again")]
    private static partial void UsedAgain(ILogger log, string replica);

    [LoggerMessage(
        EventId = 1107,
        Level = LogLevel.Error,
        Message = "Replica {Replica} must not be read from: {Faults}"
    )]
    private static partial void Banned_(ILogger log, string replica, string faults);
}
