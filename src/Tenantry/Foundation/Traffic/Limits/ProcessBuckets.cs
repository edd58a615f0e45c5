namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// The buckets of one instance, in memory. They decide if Redis is not configured, or while it is unavailable.
/// </summary>
public sealed class ProcessBuckets(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, double> fullAt = new(StringComparer.Ordinal);
    private readonly long began = clock.GetTimestamp();
    private int sweepAt = 10_000;

    /// <param name="limits">the limits to take from, all or none</param>
    /// <param name="least">the cost of the request</param>
    /// <param name="most">how many requests are taken if available</param>
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

    /// <summary>Copies the state of the buckets in Redis, in case Redis is unavailable next time.</summary>
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

    /// <summary>
    /// Removes full buckets, which need no state: keys that strangers invent stay for at most a minute.
    /// </summary>
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
