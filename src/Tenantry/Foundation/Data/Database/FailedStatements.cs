using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Keeps what a failed statement leaves behind from the next user of its connection. The driver prepares a statement by itself when it comes a second time; one that fails at that moment, for its values, for a lock
/// or because it was cancelled, stays listed as prepared although it is not, or without what it answers with. So the connection forgets all prepared statements before it goes back to the pool
/// (docs/decisions/0025-values-that-postgresql-refuses.md). A connection whose protocol is out of step is closed by the driver.
/// </summary>
public static class FailedStatements
{
    /// <summary>Whether a statement that failed like this may have failed while it was being prepared. What constraints, conflicts and checks of ours refuse has been prepared by then.</summary>
    public static bool MayLeaveTraces(Exception? exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PostgresException postgres:
                    return postgres.SqlState is not (['2', '3', ..] or ['4', '0', ..]);
                case UnstorableValueException or DbUpdateConcurrencyException:
                    return false;
            }
        }
        return true;
    }

    /// <param name="context">whose statement it was</param>
    /// <param name="exception">null: it was cancelled</param>
    public static void Note(DbContext? context, Exception? exception)
    {
        if (context is TenantDb db && MayLeaveTraces(exception))
            db.HasFailed = true;
    }

    /// <summary>To be called before the connection is closed, with no transaction open. Costs a round trip, and what is prepared anew afterwards.</summary>
    public static void Forget(NpgsqlConnection connection)
    {
        // Closed by the driver; or nothing is ever prepared, as behind a pooler that cannot do it.
        if (
            connection.State != ConnectionState.Open
            || new NpgsqlConnectionStringBuilder(connection.ConnectionString).MaxAutoPrepare == 0
        )
            return;
        try
        {
            connection.UnprepareAll();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            NpgsqlConnection.ClearPool(connection); // it cannot be cleaned: none of its age is used again
        }
    }
}

/// <summary>Applies <see cref="StatementValues"/> and <see cref="FailedStatements"/> to what EF sends.</summary>
public sealed class StatementInterceptor : IDbCommandInterceptor, ISaveChangesInterceptor, IDbConnectionInterceptor
{
    public InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    ) => Checked(command, result);

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(Checked(command, result));

    public InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    ) => Checked(command, result);

    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(Checked(command, result));

    public InterceptionResult<object> ScalarExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result
    ) => Checked(command, result);

    public ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result,
        CancellationToken cancellationToken = default
    ) => ValueTask.FromResult(Checked(command, result));

    public void CommandFailed(DbCommand command, CommandErrorEventData eventData) =>
        FailedStatements.Note(eventData.Context, eventData.Exception);

    public Task CommandFailedAsync(
        DbCommand command,
        CommandErrorEventData eventData,
        CancellationToken cancellationToken = default
    ) => Noted(eventData.Context, eventData.Exception);

    public void CommandCanceled(DbCommand command, CommandEndEventData eventData) =>
        FailedStatements.Note(eventData.Context, null);

    public Task CommandCanceledAsync(
        DbCommand command,
        CommandEndEventData eventData,
        CancellationToken cancellationToken = default
    ) => Noted(eventData.Context, null);

    // A statement of a batch that is not its first fails when its result is read, which is no command any more.
    public void SaveChangesFailed(DbContextErrorEventData eventData) =>
        FailedStatements.Note(eventData.Context, eventData.Exception);

    public Task SaveChangesFailedAsync(
        DbContextErrorEventData eventData,
        CancellationToken cancellationToken = default
    ) => Noted(eventData.Context, eventData.Exception);

    public void SaveChangesCanceled(DbContextEventData eventData) => FailedStatements.Note(eventData.Context, null);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default) =>
        Noted(eventData.Context, null);

    public InterceptionResult ConnectionClosing(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    )
    {
        if (eventData.Context is TenantDb { HasFailed: true } db)
        {
            db.HasFailed = false;
            FailedStatements.Forget((NpgsqlConnection)connection);
        }
        return result;
    }

    public ValueTask<InterceptionResult> ConnectionClosingAsync(
        DbConnection connection,
        ConnectionEventData eventData,
        InterceptionResult result
    ) => ValueTask.FromResult(ConnectionClosing(connection, eventData, result));

    private static InterceptionResult<T> Checked<T>(DbCommand command, InterceptionResult<T> result)
    {
        StatementValues.Check(command.Parameters, command.CommandText);
        return result;
    }

    private static Task Noted(DbContext? context, Exception? exception)
    {
        FailedStatements.Note(context, exception);
        return Task.CompletedTask;
    }
}
