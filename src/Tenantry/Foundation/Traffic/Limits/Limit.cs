namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// A token bucket that contains a minute's allowance and refills evenly. Its only state is the time at which it is full
/// again (the generic cell rate algorithm of ATM, ITU-T I.371). A request moves that time forward by its cost, and is
/// refused if the time would be more than a minute away.
/// </summary>
/// <param name="Policy">its name to clients: <c>tenant</c>, <c>address</c>, <c>account</c>, <c>global</c></param>
/// <param name="Key">the key of its state</param>
/// <param name="PerMinute">its capacity, which is also its refill per minute</param>
public sealed record Limit(string Policy, string Key, int PerMinute)
{
    /// <summary>In microseconds, as all times here.</summary>
    public const double Window = 60_000_000;

    /// <summary>Tolerance for rounding: a request that is due in this very microsecond passes.</summary>
    private const double Epsilon = 1e-6;

    public const string Global = "global";

    /// <summary>The value of the header <c>RateLimit-Policy</c>.</summary>
    public string Policies { get; } = $"\"{Policy}\";q={PerMinute};w=60";

    public double Step => Window / PerMinute;

    /// <summary>One of a number of equal shares of it.</summary>
    public Limit Share(int parts) => new(Policy, Key, Math.Max(1, PerMinute / parts));

    /// <param name="fullIn">microseconds until the bucket is full</param>
    /// <returns>how many requests would pass now</returns>
    public int Left(double fullIn) => (int)Math.Floor(((Window - fullIn) / Step) + Epsilon);
}

/// <summary>The result of taking from several buckets together: from all of them, or from none.</summary>
/// <param name="Granted">how many requests; 0: refused</param>
/// <param name="Shown">the bucket that refused, otherwise the one of the caller with the least left</param>
/// <param name="Left">how many requests are left in it</param>
/// <param name="FullIn">microseconds until it is full</param>
/// <param name="Wait">microseconds until the request could pass; 0: it passes</param>
public readonly record struct Taken(int Granted, Limit Shown, int Left, double FullIn, double Wait)
{
    /// <param name="limits">the limits; the global one last</param>
    /// <param name="fullIn">microseconds until each is full, afterwards</param>
    /// <param name="granted">how many requests all of them grant</param>
    /// <param name="least">the cost of the request</param>
    public static Taken Of(IReadOnlyList<Limit> limits, ReadOnlySpan<double> fullIn, int granted, int least)
    {
        var (shown, worst) = (0, double.NegativeInfinity);
        for (var i = 0; i < limits.Count; i++)
        {
            // Refused: the limit with the longest wait. Passed: the most used one; the global one only if there is no
            // other.
            var weight =
                granted == 0 ? fullIn[i] + (Math.Min(least, limits[i].PerMinute) * limits[i].Step) - Limit.Window
                : limits[i].Policy == Limit.Global && limits.Count > 1 ? double.NegativeInfinity
                : fullIn[i];
            if (weight > worst)
                (shown, worst) = (i, weight);
        }
        return new Taken(
            granted,
            limits[shown],
            limits[shown].Left(fullIn[shown]),
            fullIn[shown],
            granted == 0 ? Math.Max(worst, 1) : 0
        );
    }
}
