using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// How a migration waits for locks beside the traffic. PostgreSQL queues every later statement behind a waiting lock,
/// so a migration gives up after a short time, lets the others pass, and tries again.
/// </summary>
/// <param name="Wait">The longest wait for one lock.</param>
/// <param name="Tries">
/// The number of tries, with pauses of one to five times <paramref name="Wait"/> between them.
/// </param>
public sealed record LockTerms(TimeSpan Wait, int Tries)
{
    /// <summary>Two seconds per lock, for about five minutes.</summary>
    public static LockTerms Default { get; } = new(TimeSpan.FromSeconds(2), 30);

    /// <summary>Runs a transaction, and repeats it while it does not get its locks.</summary>
    /// <param name="subject">What is run, as the reports name it.</param>
    /// <param name="run">The transaction.</param>
    /// <param name="report">Gets a line for each failed try.</param>
    /// <param name="cancel">Ends the pause between two tries.</param>
    /// <exception cref="MigrationLockException">No try got its locks.</exception>
    internal async Task Retry(string subject, Func<Task> run, Action<string> report, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await run();
                return;
            }
            catch (Exception e) when (IsLockFailure(e))
            {
                if (attempt >= Tries)
                    throw new MigrationLockException(subject, this, e);
                report(
                    $"{subject} did not get a lock within {Wait.TotalSeconds:0.#} s. The statements queued behind it run first; then it is tried again ({attempt} of {Tries})."
                );
            }
            await Task.Delay(Wait * Math.Min(attempt, 5), cancel);
        }
    }

    // EF wraps failures that it considers transient.
    private static bool IsLockFailure(Exception e) =>
        e.Chain().OfType<PostgresException>().FirstOrDefault()
            is { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };
}

/// <summary>A migration did not get a lock, because another transaction keeps it.</summary>
public sealed class MigrationLockException(string subject, LockTerms terms, Exception inner)
    : Exception(
        $"{subject} did not get a lock in {terms.Tries} tries of {terms.Wait.TotalSeconds:0.#} s: most likely a long transaction keeps it. Everything before it is applied. Find the transaction with\n"
            + "  SELECT pid, application_name, state, now() - xact_start AS age, query FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start\nand run 'tenantry migrate' again when it has ended.",
        inner
    );
