using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Cleans a connection after a failed statement, before the pool hands it to the next user. The driver prepares a
/// statement automatically at its second use. A statement that fails at that moment (for its values, for a lock, or by
/// cancellation) stays listed as prepared although it is not, or without its result columns. So the connection forgets
/// all prepared statements (docs/decisions/0025-values-that-postgresql-refuses.md). The driver itself closes a
/// connection whose protocol is out of step.
/// </summary>
public static class FailedStatements
{
    /// <summary>
    /// Whether the statement may have failed while it was being prepared. A violated constraint (class 23) or a
    /// conflict (class 40) occurs after that; a value that the service itself refuses is never sent.
    /// </summary>
    public static bool MayLeaveTraces(Exception? exception)
    {
        foreach (var cause in exception.Chain())
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

    /// <summary>Marks the context, so that its connection is cleaned when it is closed.</summary>
    /// <param name="context">The context that sent the statement.</param>
    /// <param name="exception">The failure; null: the statement was cancelled.</param>
    public static void Note(DbContext? context, Exception? exception)
    {
        if (context is TenantDb db && MayLeaveTraces(exception))
            db.HasFailed = true;
    }

    /// <summary>
    /// Removes all prepared statements of a connection. Call it before the connection is closed, outside a transaction.
    /// It costs a round trip, and statements are prepared again afterwards.
    /// </summary>
    public static void Forget(NpgsqlConnection connection)
    {
        // The driver closed it, or nothing is prepared, as behind a pooler without support for it.
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
            NpgsqlConnection.ClearPool(connection); // it cannot be cleaned: no connection opened so far is used again
        }
    }
}

/// <summary>Applies <see cref="StatementValues"/> and <see cref="FailedStatements"/> to the statements of EF.</summary>
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

    // A statement of a batch, other than the first, fails when its result is read: then the event of a failed
    // command does not occur.
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
