using Npgsql;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Deletes rows whose time is over, of all tenants, once an hour and in batches: expired tokens and sessions,
/// yesterday's failed sign-ins, remembered answers, queue entries that failed for good, and the message history. Of
/// several instances one works at a time: each database function takes a lock.
/// </summary>
public sealed partial class ExpiredRows(
    NpgsqlDataSource dataSource,
    ServiceSettings settings,
    TimeProvider clock,
    ILogger<ExpiredRows> log
) : PeriodicWorker("delete expired rows", TimeSpan.FromHours(1), clock)
{
    private const int BatchSize = 5_000;

    /// <summary>For how long an operator can look at a queue entry that failed for good.</summary>
    private static readonly TimeSpan FailedWorkKept = TimeSpan.FromDays(7);

    private readonly TimeProvider clock = clock;

    /// <summary>Sessions, tokens, failed sign-ins, remembered answers and counts of requests.</summary>
    /// <returns>how many rows one batch deleted</returns>
    public Task<int> DeleteSignIns(CancellationToken cancel) =>
        Delete(DatabaseFunctions.Sweep, clock.GetUtcNow(), cancel);

    /// <summary>Queue entries that failed for good.</summary>
    /// <returns>how many rows one batch deleted</returns>
    public Task<int> DeleteFailedWork(CancellationToken cancel) =>
        Delete(DatabaseFunctions.SweepFailedWork, clock.GetUtcNow() - FailedWorkKept, cancel);

    /// <summary>The message history. Messages that wait to be sent stay.</summary>
    /// <returns>how many rows one batch deleted</returns>
    public Task<int> DeleteMessages(CancellationToken cancel) =>
        Delete(DatabaseFunctions.SweepMessages, clock.GetUtcNow() - settings.Messages.Retention, cancel);

    protected override async Task Run(CancellationToken cancel)
    {
        await DeleteAll(DeleteSignIns, cancel);
        await DeleteAll(DeleteFailedWork, cancel);
        await DeleteAll(DeleteFeedback, cancel);
        await DeleteAll(DeleteMessages, cancel);
    }

    protected override void Failed(Exception failure) => NotDeleted(log, failure.Message);

    /// <summary>A kind that fails does not keep the others from being deleted.</summary>
    private async Task DeleteAll(Func<CancellationToken, Task<int>> batch, CancellationToken cancel)
    {
        try
        {
            while (await batch(cancel) >= BatchSize) { }
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Failed(e);
        }
    }

    /// <summary>Ids of SNS messages. SNS repeats a message for at most a few days.</summary>
    private async Task<int> DeleteFeedback(CancellationToken cancel)
    {
        await using var seen = dataSource.CreateCommand(
            "DELETE FROM seen_feedback WHERE seen_at < now() - interval '30 days'"
        );
        await seen.ExecuteNonQueryAsync(cancel);
        return 0; // in one statement
    }

    private async Task<int> Delete(string function, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {function}($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "Expired rows could not be deleted; the next round tries again: {Reason}"
    )]
    private static partial void NotDeleted(ILogger log, string reason);
}
