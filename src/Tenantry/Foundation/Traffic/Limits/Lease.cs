namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// A block of requests that an instance took from a tenant's bucket in advance, so that not every request has to query
/// Redis. The block is taken for good: two instances never spend the same. At most one block of each instance is
/// unused,
/// and for at most a minute; by then the bucket would have refilled without it.
/// </summary>
internal sealed class Lease(Limit limit, Limit? global, int block, TimeProvider clock) : IDisposable
{
    private readonly Limit[] limits = [limit];
    private readonly Limit[] together = global is null ? [limit] : [limit, global];
    private readonly Lock gate = new();
    private int left;
    private Taken last;
    private long at;
    private (int Cost, long Until) refused;
    private long failedAt = long.MinValue;
    private Part? share;

    /// <summary>The limit of the tenant alone.</summary>
    public Limit[] Limits => limits;

    /// <summary>The limit of the tenant and the global limit.</summary>
    public Limit[] Together => together;

    public int Block => block;

    /// <summary>This instance's share of both limits, for a number of instances.</summary>
    public Limit[] Share(int parts)
    {
        if (parts == 1)
            return together;
        var cached = share;
        return cached?.Parts == parts
            ? cached.Limits
            : (share = new Part(parts, [.. together.Select(one => one.Share(parts))])).Limits;
    }

    /// <summary>One request takes the next block; the others wait for it.</summary>
    public SemaphoreSlim Renewal { get; } = new(1);

    /// <returns>whether the decision needs no query: enough is left, or nothing can be left yet</returns>
    public bool TryTake(int cost, out Taken taken)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (left > 0 && clock.GetElapsedTime(at, now).TotalMicroseconds > Limit.Window)
                left = 0;
            if (left >= cost)
            {
                left -= cost;
                taken = Now(now, cost);
                return true;
            }
            // A cheaper request than the refused one may still pass.
            if (cost >= refused.Cost && now < refused.Until)
            {
                taken = Now(now, 0) with { Wait = clock.GetElapsedTime(now, refused.Until).TotalMicroseconds };
                return true;
            }
            taken = default;
            return false;
        }
    }

    /// <summary>Adds the granted block, and takes the cost of the request from it.</summary>
    public Taken Renew(Taken granted, int cost)
    {
        lock (gate)
        {
            (last, at) = (granted, clock.GetTimestamp());
            if (granted.Granted == 0)
            {
                refused = (cost, at + (long)(granted.Wait * clock.TimestampFrequency / 1_000_000));
                return granted;
            }
            left += granted.Granted - cost;
            return Now(at, cost);
        }
    }

    /// <summary>Returns the cost of a request that another bucket refused.</summary>
    public void GiveBack(int cost)
    {
        lock (gate)
            left += cost;
    }

    /// <summary>
    /// Records that Redis did not answer: requests that waited for this answer do not query it again.
    /// </summary>
    public void RecordFailure() => Interlocked.Exchange(ref failedAt, clock.GetTimestamp());

    public bool HasNotFailedSince(long moment) => Interlocked.Read(ref failedAt) < moment;

    public void Dispose() => Renewal.Dispose();

    private Taken Now(long now, int granted) =>
        last with
        {
            Granted = granted,
            Left = last.Left + left,
            FullIn = Math.Max(0, last.FullIn - clock.GetElapsedTime(at, now).TotalMicroseconds),
            Wait = 0,
        };

    private sealed record Part(int Parts, Limit[] Limits);
}
