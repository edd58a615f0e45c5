using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Hosting.Observability;

namespace Tenantry.Foundation.Data.Database;

/// <summary>An entry of a queue, as it was claimed.</summary>
/// <param name="Tenant">whose it is</param>
/// <param name="Id">of its row</param>
/// <param name="Attempts">this one included</param>
public abstract record WorkItem(Guid Tenant, Guid Id, int Attempts);

/// <summary>How much of a queue is worked on at a time, by one instance.</summary>
/// <param name="Lanes">entries</param>
/// <param name="LanesPerTenant">entries of one tenant</param>
/// <param name="Lease">how long one may take; afterwards another instance may have it, and a late result changes
/// nothing</param>
public sealed record WorkLanes(int Lanes, int LanesPerTenant, TimeSpan Lease);

/// <summary>
/// Works off a queue that is a table, on every instance. No entry holds up another: each claim takes one entry of each
/// tenant in turn, each lane goes on by itself, an entry that fails comes again later
/// each time, and after its last attempt it is failed for good: it stays for some days to be seen, is counted
/// (<c>tenantry.work.failed</c>), and nobody tries it any more.
/// </summary>
public abstract partial class WorkQueue<T> : BackgroundService
    where T : WorkItem
{
    /// <summary>How often it looks by itself: for what has become due, and should a notice be missed.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    private readonly WorkLanes lanes;
    private readonly RetryRule rule;
    private readonly ILogger log;
    private readonly Counter<long> failed;
    private readonly SemaphoreSlim news = new(0, 1);
    private readonly SemaphoreSlim free;
    private readonly Dictionary<Guid, int> busy = []; // also the lock of itself and of news
    private Guid served;

    /// <param name="name">of the table, and what the feed calls it</param>
    /// <param name="lanes">how much at a time</param>
    /// <param name="rule">how often</param>
    /// <param name="feed">tells of new entries</param>
    /// <param name="meters">count those that failed for good</param>
    /// <param name="log">of what did not succeed</param>
    protected WorkQueue(
        string name,
        WorkLanes lanes,
        RetryRule rule,
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
                description: "Entries of queues that were given up after their last attempt, by queue"
            );
        feed.Listen(name, (_, _) => Wake());
    }

    /// <summary>Of the table.</summary>
    protected string Name { get; }

    public override void Dispose()
    {
        news.Dispose();
        free.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>All that is due, to its end.</summary>
    /// <returns>how many are done; those that failed come again</returns>
    public async Task<int> Some(CancellationToken cancel)
    {
        var done = 0;
        for (var begun = await Begin(cancel); begun.Count > 0; begun = await Begin(cancel))
            done += (await Task.WhenAll(begun)).Count(isDone => isDone);
        return done;
    }

    /// <summary>What only time makes necessary, each round.</summary>
    public virtual Task Sweep(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>
    /// Takes entries that are due, one of each tenant at most, the oldest of each, and counts the attempt. Nobody else
    /// gets them until the lease ends.
    /// </summary>
    /// <param name="most">entries</param>
    /// <param name="served">the tenant that came last: the next begins</param>
    /// <param name="full">tenants that get none for now</param>
    /// <param name="lease">how long they are held</param>
    /// <param name="cancel">gives nothing back that was claimed: its lease ends</param>
    protected abstract Task<IReadOnlyList<T>> Claim(
        int most,
        Guid served,
        Guid[] full,
        TimeSpan lease,
        CancellationToken cancel
    );

    /// <summary>Does it, and takes the entry away. Whatever it throws, it is tried again.</summary>
    protected abstract Task Handle(T item, CancellationToken cancel);

    /// <summary>Writes down that the attempt failed, where the entry is still of this attempt.</summary>
    /// <param name="item">the entry</param>
    /// <param name="again">in what time it is tried again; null: it has failed for good</param>
    /// <param name="kind">of the failure, without any value</param>
    /// <param name="cancel">leaves it to the lease</param>
    protected abstract Task Fail(T item, TimeSpan? again, string kind, CancellationToken cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Or whoever asks for its rate misses the first.
        failed.Add(0, new KeyValuePair<string, object?>("queue", Name));
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                using var round = Spans.Round($"look for {Name}");
                await Guarded(Sweep, stoppingToken);
                await Guarded(All, stoppingToken);
                await news.WaitAsync(Round, stoppingToken);
            }
        }
        finally
        {
            for (var lane = 0; lane < lanes.Lanes; lane++)
                await free.WaitAsync(CancellationToken.None); // what is under way ends
        }

        async Task All(CancellationToken cancel)
        {
            while ((await Begin(cancel)).Count > 0) { }
        }
    }

    /// <summary>One that fails does not keep the other from being done.</summary>
    private async Task Guarded(Func<CancellationToken, Task> part, CancellationToken cancel)
    {
        try
        {
            await part(cancel);
        }
        catch (Exception e)
        {
            // Whatever fails while the instance stops is no news, and must not look like the end of the worker.
            if (!cancel.IsCancellationRequested)
                NotRead(log, Name, e.Message);
        }
    }

    private async Task<List<Task<bool>>> Begin(CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        var places = 1;
        while (places < lanes.Lanes && await free.WaitAsync(0, cancel))
            places++;
        var begun = new List<Task<bool>>();
        try
        {
            Guid[] full;
            lock (busy)
                full = [.. busy.Where(tenant => tenant.Value >= lanes.LanesPerTenant).Select(tenant => tenant.Key)];
            foreach (var item in await Claim(places, served, full, lanes.Lease, cancel))
            {
                served = item.Tenant;
                Count(item.Tenant, 1);
                begun.Add(Run(item, cancel));
            }
        }
        finally
        {
            if (places > begun.Count)
                free.Release(places - begun.Count);
        }
        return begun;
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
        // Each of them may have ended the process that tried it.
        if (item.Attempts <= rule.Attempts)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            late.CancelAfter(lanes.Lease);
            try
            {
                await Handle(item, late.Token).WaitAsync(late.Token); // one that does not listen is left alone
                return true;
            }
            catch (Exception e)
            {
                if (stop.IsCancellationRequested)
                    return false; // the instance stops: the lease ends
                failure = e;
            }
        }
        var again = rule.After(item.Attempts);
        try
        {
            await Fail(item, again, KindOf(failure), stop);
            if (again is null)
                failed.Add(1, new KeyValuePair<string, object?>("queue", Name));
            var (level, next) = again is null
                ? (LogLevel.Error, "it is given up")
                : (LogLevel.Warning, "it is tried again");
            NotDone(log, level, Name, item.Id, item.Attempts, next, failure?.Message ?? "no attempt ended");
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            NotRead(log, Name, e.Message); // the lease ends, and the next attempt is counted
        }
        return false;
    }

    /// <summary>What may be kept and shown of a failure: no value, no text of anybody.</summary>
    private static string KindOf(Exception? failure) =>
        failure switch
        {
            null => "no attempt ended",
            OperationCanceledException => "took too long",
            _ when failure.GetBaseException() is PostgresException database => $"PostgreSQL {database.SqlState}",
            _ => failure.GetBaseException().GetType().Name,
        };

    private void Count(Guid tenant, int more)
    {
        lock (busy)
        {
            if ((busy[tenant] = busy.GetValueOrDefault(tenant) + more) == 0)
                busy.Remove(tenant);
        }
    }

    private void Wake()
    {
        lock (busy)
        {
            if (news.CurrentCount == 0)
                news.Release();
        }
    }

    [LoggerMessage(
        EventId = 1110,
        Message = "An entry of {Queue} ({Id}) could not be worked off at attempt {Attempt}; {Next}: {Reason}"
    )]
    private static partial void NotDone(
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
        Message = "The queue {Queue} could not be read or written; it is tried again: {Reason}"
    )]
    private static partial void NotRead(ILogger log, string queue, string reason);
}
