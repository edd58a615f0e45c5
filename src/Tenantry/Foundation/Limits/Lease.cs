namespace Tenantry.Foundation.Limits;

/// <summary>
/// What an instance took from a tenant's bucket in advance, so that not every request has to ask Redis. It was taken for good: two instances never spend the same. What lies
/// about unused is at most one block an instance.
/// </summary>
internal sealed class Lease(Limit[] limits, int block, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private int left;
    private Taken last;
    private long at;
    private long refusedUntil;
    private Part? share;

    public Limit[] Limits => limits;

    public int Block => block;

    /// <summary>What an instance may use of them by itself, where there are so many.</summary>
    public Limit[] Share(int parts)
    {
        if (parts == 1)
            return limits;
        var known = share;
        return known?.Parts == parts ? known.Limits : (share = new Part(parts, [.. limits.Select(limit => limit.Share(parts))])).Limits;
    }

    /// <summary>One at a time takes the next block; the others wait for it.</summary>
    public SemaphoreSlim Renewal { get; } = new(1);

    /// <returns>whether it is decided without asking: there is enough, or it is known that there is nothing yet</returns>
    public bool TryTake(int cost, out Taken taken)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (left >= cost)
            {
                left -= cost;
                taken = Now(now, cost);
                return true;
            }
            if (now < refusedUntil)
            {
                taken = Now(now, 0) with { Wait = clock.GetElapsedTime(now, refusedUntil).TotalMicroseconds };
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
                refusedUntil = at + (long)(granted.Wait * clock.TimestampFrequency / 1_000_000);
                return granted;
            }
            left += granted.Granted - cost;
            return Now(at, cost);
        }
    }

    public void Dispose() => Renewal.Dispose();

    private Taken Now(long now, int granted) => last with
    {
        Granted = granted,
        Left = last.Left + left,
        FullIn = Math.Max(0, last.FullIn - clock.GetElapsedTime(at, now).TotalMicroseconds),
        Wait = 0,
    };

    private sealed record Part(int Parts, Limit[] Limits);
}
