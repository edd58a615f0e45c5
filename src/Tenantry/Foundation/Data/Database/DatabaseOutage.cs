using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Answers 503 when the database is unavailable, full, overloaded or read-only. The client may repeat the request
/// later.
/// </summary>
public sealed partial class DatabaseOutage(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<DatabaseOutage> log)
    : IExceptionMapper
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MinimumBetweenClears = TimeSpan.FromSeconds(5);

    private long poolClearedAt;

    public Refusal? Map(Exception exception)
    {
        if (Cause(exception) is not { } cause)
            return null;
        // After a failover, pooled connections may still lead to the former primary.
        if (cause is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } && MayClearPool())
            dataSource.Clear();
        Unavailable(log, exception);
        return Problems.Unavailable(Problems.DependencyUnavailable, RetryAfter);
    }

    /// <summary>The exception in the chain that reports an outage; null: there is none.</summary>
    internal static Exception? Cause(Exception exception) =>
        exception
            .Chain()
            .TakeWhile(cause => cause is not OperationCanceledException)
            .FirstOrDefault(cause =>
                cause is PostgresException { SqlState: var state }
                    ? IsOutage(state)
                    : cause
                        is NpgsqlException
                        {
                            InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException
                        }
            );

    /// <summary>By PostgreSQL's error codes (its manual, appendix A).</summary>
    private static bool IsOutage(string state) =>
        state
            is ['0', '8', ..] // connection exception
                or ['5', '3', ..] // insufficient resources: disk full, out of memory, too many connections
                or ['5', '8', ..] // system error: the disk failed
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.LockNotAvailable // lock_timeout of the server, as during a migration
                or PostgresErrorCodes.QueryCanceled // statement_timeout of the server; a cancellation by the service is wrapped in an OperationCanceledException
                or PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped
                or "57P05"; // idle_session_timeout

    private bool MayClearPool()
    {
        var (before, now) = (Volatile.Read(ref poolClearedAt), clock.GetTimestamp());
        return (before == 0 || clock.GetElapsedTime(before, now) > MinimumBetweenClears)
            && Interlocked.CompareExchange(ref poolClearedAt, now, before) == before;
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "The database is unavailable")]
    private static partial void Unavailable(ILogger log, Exception exception);
}
