namespace Tenantry.Foundation.Data.Database;

/// <summary>How often an operation is tried, with pauses that double each time and vary randomly.</summary>
/// <param name="Attempts">The number of attempts.</param>
/// <param name="First">The average pause after the first attempt.</param>
/// <param name="Longest">The longest pause.</param>
public sealed record RetryPolicy(int Attempts, TimeSpan First, TimeSpan Longest)
{
    /// <summary>The pause after a failed attempt.</summary>
    /// <param name="attempt">The number of the failed attempt, from 1.</param>
    /// <returns>The pause; null: it was the last attempt.</returns>
    public TimeSpan? PauseAfter(int attempt) => attempt >= Attempts ? null : PauseOf(attempt);

    /// <summary>The pause after a failed attempt, whatever <see cref="Attempts"/> is.</summary>
    /// <param name="attempt">The number of the failed attempt, from 1.</param>
    public TimeSpan PauseOf(int attempt)
    {
        var pause = First * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20)) * (0.75 + (Random.Shared.NextDouble() / 2));
        return pause < Longest ? pause : Longest;
    }
}
