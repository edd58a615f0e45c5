namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// A bucket that holds a minute's allowance and fills evenly. All there is to remember of it is when it is full again (the generic cell rate algorithm of ATM,
/// ITU-T I.371): a request moves that moment on by what it costs, and is refused where the moment would be more than a minute away.
/// </summary>
/// <param name="Policy">its name to clients: <c>tenant</c>, <c>address</c>, <c>account</c>, <c>global</c></param>
/// <param name="Key">where it is kept</param>
/// <param name="PerMinute">how much it holds, and gets in a minute</param>
public sealed record Limit(string Policy, string Key, int PerMinute)
{
    /// <summary>In microseconds, as all moments here.</summary>
    public const double Window = 60_000_000;

    /// <summary>A hair: what is due at this very microsecond is due.</summary>
    private const double Hair = 1e-6;

    public const string Global = "global";

    /// <summary>As <c>RateLimit-Policy</c> writes it.</summary>
    public string Policies { get; } = $"\"{Policy}\";q={PerMinute};w=60";

    public double Step => Window / PerMinute;

    /// <summary>One of so many equal parts of it.</summary>
    public Limit Share(int parts) => new(Policy, Key, Math.Max(1, PerMinute / parts));

    /// <param name="fullIn">until the bucket is full</param>
    /// <returns>whole requests that it would let through now</returns>
    public int Left(double fullIn) => (int)Math.Floor(((Window - fullIn) / Step) + Hair);
}

/// <summary>What came of asking some buckets together: all of them gave, or none.</summary>
/// <param name="Granted">0: refused</param>
/// <param name="Shown">the bucket that refused, or of those that concern the caller the one with the least left</param>
/// <param name="Left">of it</param>
/// <param name="FullIn">until it is full, in microseconds</param>
/// <param name="Wait">until the request could pass, in microseconds; 0 where it does</param>
public readonly record struct Taken(int Granted, Limit Shown, int Left, double FullIn, double Wait)
{
    /// <param name="limits">those that were asked; the global one last</param>
    /// <param name="fullIn">of each, afterwards</param>
    /// <param name="granted">by all of them</param>
    /// <param name="least">what the request needs</param>
    public static Taken Of(IReadOnlyList<Limit> limits, ReadOnlySpan<double> fullIn, int granted, int least)
    {
        var (shown, worst) = (0, double.NegativeInfinity);
        for (var i = 0; i < limits.Count; i++)
        {
            // Refused: the one to wait for longest. Passed: the fullest use, the global bucket only where it is the only one.
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
