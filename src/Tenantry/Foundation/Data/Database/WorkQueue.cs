using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Foundation.Data.Database;

/// <summary>A claimed entry of a queue.</summary>
/// <param name="Tenant">The tenant of the entry.</param>
/// <param name="Id">The id of its row.</param>
/// <param name="Attempts">The number of attempts, this one included.</param>
public abstract record WorkItem(Guid Tenant, Guid Id, int Attempts);

/// <summary>How many entries of a queue one instance processes at a time.</summary>
/// <param name="Lanes">The number of entries.</param>
/// <param name="LanesPerTenant">The number of entries of one tenant.</param>
/// <param name="Lease">
/// The time for one entry. After it another instance may claim the entry, and a late result is ignored.
/// </param>
public sealed record WorkQueueLimits(int Lanes, int LanesPerTenant, TimeSpan Lease);

/// <summary>
/// Processes a queue that is a table, on every instance. No entry delays another: a claim takes one entry of each
/// tenant in turn, and each lane runs independently. A failed entry is repeated with growing pauses. After its last
/// attempt it counts as failed (<c>tenantry.work.failed</c>) and remains in the table for some days.
/// </summary>
public abstract partial class WorkQueue<T> : BackgroundService
    where T : WorkItem
{
    /// <summary>
    /// The interval without a notification: entries become due later, and a notification can be lost.
    /// </summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly WorkQueueLimits lanes;
    private readonly RetryPolicy rule;
    private readonly ILogger log;
    private readonly Counter<long> failed;
    private readonly SemaphoreSlim wakeUp = new(0, 1);
    private readonly SemaphoreSlim free;
    private readonly Dictionary<Guid, int> busy = []; // also the lock of itself and of wakeUp
    private Guid lastTenant;

    /// <param name="name">The name of the table, which is also the topic of its notifications.</param>
    /// <param name="lanes">How many entries are processed at a time.</param>
    /// <param name="rule">How often an entry is tried.</param>
    /// <param name="feed">Notifies of new entries.</param>
    /// <param name="meters">Counts the entries that failed for good.</param>
    /// <param name="log">The log for failures.</param>
    protected WorkQueue(
        string name,
        WorkQueueLimits lanes,
        RetryPolicy rule,
        ChangeFeed feed,
        IMeterFactory meters,
        ILogger log
    )
    {
        (Name, this.lanes, this.rule, this.log) = (name, lanes, rule, log);
        free = new SemaphoreSlim(lanes.Lanes, lanes.Lanes);
        failed = meters
            .Create("Tenantry.Work")
            .CreateCounter<long>(
                "tenantry.work.failed",
                description: "Queue entries that failed at their last attempt, by queue"
            );
        feed.Listen(name, (_, _) => Wake());
    }

    /// <summary>The name of the table.</summary>
    protected string Name { get; }

    public override void Dispose()
    {
        wakeUp.Dispose();
        free.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Processes all due entries, and waits for them.</summary>
    /// <returns>The number of processed entries; failed ones are repeated later.</returns>
    public async Task<int> ProcessDue(CancellationToken cancel)
    {
        var processed = 0;
        for (var started = await StartDue(cancel); started.Count > 0; started = await StartDue(cancel))
            processed += (await Task.WhenAll(started)).Count(isProcessed => isProcessed);
        return processed;
    }

    /// <summary>Regular work of the queue that no entry triggers; it runs in each round.</summary>
    public virtual Task Sweep(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>
    /// Claims due entries, the oldest of each tenant and at most one of each, and counts the attempt. No other worker
    /// gets them until the lease ends.
    /// </summary>
    /// <param name="most">The greatest number of entries.</param>
    /// <param name="served">The last served tenant; the claim begins with the next one.</param>
    /// <param name="full">The tenants whose lanes are all in use.</param>
    /// <param name="lease">The duration of the lease.</param>
    /// <param name="cancel">Ends the claim. Claimed entries are free when their lease ends.</param>
    protected abstract Task<IReadOnlyList<T>> Claim(
        int most,
        Guid served,
        Guid[] full,
        TimeSpan lease,
        CancellationToken cancel
    );

    /// <summary>Processes an entry and deletes it. After any exception it is tried again.</summary>
    protected abstract Task Process(T item, CancellationToken cancel);

    /// <summary>Records a failed attempt, unless another attempt has begun.</summary>
    /// <param name="item">The entry.</param>
    /// <param name="again">The pause before the next attempt; null: the entry has failed for good.</param>
    /// <param name="kind">The kind of the failure, without any value.</param>
    /// <param name="cancel">Ends the statement. The entry is free when its lease ends.</param>
    protected abstract Task RecordFailure(T item, TimeSpan? again, string kind, CancellationToken cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A counter that does not exist before its first failure hides that failure from rate().
        failed.Add(0, new KeyValuePair<string, object?>("queue", Name));
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                using var round = Spans.BeginUnrecorded($"look for {Name}");
                await Guarded(Sweep, stoppingToken);
                await Guarded(StartAll, stoppingToken);
                await wakeUp.WaitAsync(PollInterval, stoppingToken);
            }
        }
        finally
        {
            for (var lane = 0; lane < lanes.Lanes; lane++)
                await free.WaitAsync(CancellationToken.None); // running entries end
        }

        async Task StartAll(CancellationToken cancel)
        {
            while ((await StartDue(cancel)).Count > 0) { }
        }
    }

    /// <summary>Runs a part of a round, whose failure must not prevent the other part.</summary>
    private async Task Guarded(Func<CancellationToken, Task> part, CancellationToken cancel)
    {
        try
        {
            await part(cancel);
        }
        catch (Exception e)
        {
            // A failure while the instance stops is expected. It must not be reported as the end of the worker.
            if (!cancel.IsCancellationRequested)
                LogUnavailable(log, Name, e.Message);
        }
    }

    private async Task<List<Task<bool>>> StartDue(CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        var slots = 1;
        while (slots < lanes.Lanes && await free.WaitAsync(0, cancel))
            slots++;
        var started = new List<Task<bool>>();
        try
        {
            Guid[] full;
            lock (busy)
                full = [.. busy.Where(tenant => tenant.Value >= lanes.LanesPerTenant).Select(tenant => tenant.Key)];
            foreach (var item in await Claim(slots, lastTenant, full, lanes.Lease, cancel))
            {
                lastTenant = item.Tenant;
                Count(item.Tenant, 1);
                started.Add(Run(item, cancel));
            }
        }
        finally
        {
            if (slots > started.Count)
                free.Release(slots - started.Count);
        }
        return started;
    }

    private async Task<bool> Run(T item, CancellationToken stop)
    {
        using var span = Spans.Begin($"work off {Name}", item.Tenant);
        try
        {
            return await Try(item, stop);
        }
        finally
        {
            Count(item.Tenant, -1);
            free.Release();
            Wake();
        }
    }

    private async Task<bool> Try(T item, CancellationToken stop)
    {
        Exception? failure = null;
        // More attempts than allowed: each of them may have ended the process.
        if (item.Attempts <= rule.Attempts)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(lanes.Lease);
            try
            {
                await Process(item, deadline.Token).WaitAsync(deadline.Token); // a handler that ignores the token is abandoned
                return true;
            }
            catch (Exception e)
            {
                if (stop.IsCancellationRequested)
                    return false; // the instance stops: the lease ends
                failure = e;
            }
        }
        var again = rule.PauseAfter(item.Attempts);
        try
        {
            await RecordFailure(item, again, KindOf(failure), stop);
            if (again is null)
                failed.Add(1, new KeyValuePair<string, object?>("queue", Name));
            var (level, next) = again is null
                ? (LogLevel.Error, "it was the last attempt")
                : (LogLevel.Warning, "it is tried again");
            LogFailed(log, level, Name, item.Id, item.Attempts, next, failure?.Message ?? "no attempt ended");
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogUnavailable(log, Name, e.Message); // the entry is free when its lease ends
        }
        return false;
    }

    /// <summary>The kind of a failure, which may be stored and shown: without values or texts of users.</summary>
    private static string KindOf(Exception? failure) =>
        failure switch
        {
            null => "no attempt ended",
            OperationCanceledException => "took too long",
            _ when failure.GetBaseException() is PostgresException database => $"PostgreSQL {database.SqlState}",
            _ => failure.GetBaseException().GetType().Name,
        };

    private void Count(Guid tenant, int change)
    {
        lock (busy)
        {
            if ((busy[tenant] = busy.GetValueOrDefault(tenant) + change) == 0)
                busy.Remove(tenant);
        }
    }

    private void Wake()
    {
        lock (busy)
        {
            if (wakeUp.CurrentCount == 0)
                wakeUp.Release();
        }
    }

    [LoggerMessage(
        EventId = 1110,
        Message = "Entry {Id} of queue {Queue} failed at attempt {Attempt}; {Next}: {Reason}"
    )]
    private static partial void LogFailed(
        ILogger log,
        LogLevel level,
        string queue,
        Guid id,
        int attempt,
        string next,
        string reason
    );

    [LoggerMessage(
        EventId = 1111,
        Level = LogLevel.Error,
        Message = "Queue {Queue} could not be read or written; it is tried again: {Reason}"
    )]
    private static partial void LogUnavailable(ILogger log, string queue, string reason);
}
