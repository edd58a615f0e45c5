namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>The buckets of one instance, in its memory: all there is without Redis, and what decides while Redis is away.</summary>
public sealed class ProcessBuckets(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, double> fullAt = new(StringComparer.Ordinal);
    private readonly long began = clock.GetTimestamp();
    private int sweepAt = 10_000;

    /// <param name="limits">those to take from, all or none</param>
    /// <param name="least">what the request needs</param>
    /// <param name="most">what is taken where there is so much</param>
    public Taken Take(IReadOnlyList<Limit> limits, int least, int most)
    {
        Span<double> fullIn = stackalloc double[limits.Count];
        lock (gate)
        {
            var now = Now();
            var granted = most;
            for (var i = 0; i < limits.Count; i++)
            {
                fullIn[i] = Math.Max(fullAt.GetValueOrDefault(limits[i].Key) - now, 0);
                granted = Math.Min(granted, limits[i].Left(fullIn[i]));
            }
            granted = granted >= least ? granted : 0;
            for (var i = 0; granted > 0 && i < limits.Count; i++)
            {
                fullIn[i] += granted * limits[i].Step;
                fullAt[limits[i].Key] = now + fullIn[i];
            }
            if (fullAt.Count >= sweepAt)
                Sweep(now);
            return Taken.Of(limits, fullIn, granted, least);
        }
    }

    /// <summary>Goes on from where Redis says that the buckets are, in case it is away the next time.</summary>
    public void Follow(IReadOnlyList<Limit> limits, ReadOnlySpan<double> fullIn)
    {
        lock (gate)
        {
            var now = Now();
            for (var i = 0; i < limits.Count; i++)
                fullAt[limits[i].Key] = now + fullIn[i];
            if (fullAt.Count >= sweepAt)
                Sweep(now);
        }
    }

    /// <summary>A full bucket is as good as none: what strangers make up does not stay longer than a minute.</summary>
    private void Sweep(double now)
    {
        foreach (var (key, full) in fullAt)
        {
            if (full <= now)
                fullAt.Remove(key);
        }
        sweepAt = Math.Max(10_000, fullAt.Count * 2);
    }

    private double Now() => clock.GetElapsedTime(began).TotalMicroseconds;
}
