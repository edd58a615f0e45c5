using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A database that is away, full, overloaded or takes no writes, for the caller: 503, and the request may do better later.
/// </summary>
public sealed partial class DatabaseOutage(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<DatabaseOutage> log)
    : IExceptionMapper
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenClears = TimeSpan.FromSeconds(5);

    private long cleared;

    public Refusal? Of(Exception exception)
    {
        if (Cause(exception) is not { } cause)
            return null;
        // After a failover, connections may still lead to the server that was the primary.
        if (cause is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } && MayClear())
            dataSource.Clear();
        Away(log, exception);
        return Problems.Unavailable(Problems.DependencyUnavailable, RetryAfter);
    }

    /// <summary>What of an exception says so, however deep. Null: it says something else.</summary>
    internal static Exception? Cause(Exception exception)
    {
        for (var cause = exception; cause is not (null or OperationCanceledException); cause = cause.InnerException)
        {
            if (
                cause is PostgresException { SqlState: var state }
                    ? IsOutage(state)
                    : cause
                        is NpgsqlException
                        {
                            InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException
                        }
            )
                return cause;
        }
        return null;
    }

    /// <summary>By PostgreSQL's error codes (its manual, appendix A).</summary>
    private static bool IsOutage(string state) =>
        state
            is ['0', '8', ..] // connection exception
                or ['5', '3', ..] // insufficient resources: disk full, out of memory, too many connections
                or ['5', '8', ..] // system error: the disk failed
                or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.LockNotAvailable // lock_timeout of the server, as during a migration
                or PostgresErrorCodes.QueryCanceled // statement_timeout of the server; what was cancelled by us is wrapped in an OperationCanceledException
                or PostgresErrorCodes.AdminShutdown
                or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.DatabaseDropped
                or "57P05"; // idle_session_timeout

    private bool MayClear()
    {
        var (before, now) = (Volatile.Read(ref cleared), clock.GetTimestamp());
        return (before == 0 || clock.GetElapsedTime(before, now) > BetweenClears)
            && Interlocked.CompareExchange(ref cleared, now, before) == before;
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "The database is away")]
    private static partial void Away(ILogger log, Exception exception);
}
