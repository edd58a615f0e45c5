namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// What an instance took from a tenant's bucket in advance, so that not every request has to ask Redis. It was taken for good: two instances never spend the same. What lies
/// about unused is at most one block an instance, and for a minute: by then the bucket would have filled again without it.
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
    private long unansweredAt = long.MinValue;
    private Part? share;

    /// <summary>The one that it is of.</summary>
    public Limit[] Limits => limits;

    /// <summary>That one, and the global one.</summary>
    public Limit[] Together => together;

    public int Block => block;

    /// <summary>What an instance may use by itself, where there are so many, of it and of what all tenants have together.</summary>
    public Limit[] Share(int parts)
    {
        if (parts == 1)
            return together;
        var known = share;
        return known?.Parts == parts
            ? known.Limits
            : (share = new Part(parts, [.. together.Select(one => one.Share(parts))])).Limits;
    }

    /// <summary>One at a time takes the next block; the others wait for it.</summary>
    public SemaphoreSlim Renewal { get; } = new(1);

    /// <returns>whether it is decided without asking: there is enough, or it is known that there is nothing yet</returns>
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
            // What is cheaper than what was refused may pass.
            if (cost >= refused.Cost && now < refused.Until)
            {
                taken = Now(now, 0) with { Wait = clock.GetElapsedTime(now, refused.Until).TotalMicroseconds };
                return true;
            }
            taken = default;
            return false;
        }
    }

    /// <summary>Adds what was granted, and takes the cost of the request that asked.</summary>
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

    /// <summary>After another bucket refused what this one had let through.</summary>
    public void GiveBack(int cost)
    {
        lock (gate)
            left += cost;
    }

    /// <summary>Redis did not answer whoever asked: those who waited for that answer do not ask again.</summary>
    public void NotAnswered() => Interlocked.Exchange(ref unansweredAt, clock.GetTimestamp());

    public bool WasAnsweredSince(long moment) => Interlocked.Read(ref unansweredAt) < moment;

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
