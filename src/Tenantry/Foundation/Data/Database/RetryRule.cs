namespace Tenantry.Foundation.Data.Database;

/// <summary>How often something is tried, and how long it rests in between: twice as long each time, and not for all at
/// the same moment.</summary>
/// <param name="Attempts">after so many that failed it is given up</param>
/// <param name="First">the pause after the first, on average</param>
/// <param name="Longest">of all pauses</param>
public sealed record RetryRule(int Attempts, TimeSpan First, TimeSpan Longest)
{
    /// <param name="attempt">from 1: the one that failed</param>
    /// <returns>null: it was the last</returns>
    public TimeSpan? After(int attempt) => attempt >= Attempts ? null : Pause(attempt);

    /// <param name="attempt">from 1: the one that failed</param>
    public TimeSpan Pause(int attempt)
    {
        var pause = First * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20)) * (0.75 + (Random.Shared.NextDouble() / 2));
        return pause < Longest ? pause : Longest;
    }
}
