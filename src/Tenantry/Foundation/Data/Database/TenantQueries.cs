using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Runs a statement without EF, for the few that clients cause most often: EF needs more time for them than PostgreSQL
/// (docs/decisions/0019-a-few-statements-go-past-ef.md). The first command of the batch sets the tenant, as
/// <see cref="TenantCommandInterceptor"/> does for EF, and the batch is a transaction. Inside an open transaction the
/// tenant is already set.
/// </summary>
public static class TenantQueries
{
    /// <summary>Runs a statement as a given tenant. For the tenant of a request use <c>TenantContext</c>.</summary>
    /// <param name="dataSource">The pool of the serving role.</param>
    /// <param name="tenant">The tenant whose rows are visible.</param>
    /// <param name="statement">The statement, with positional parameters ($1).</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancel">Cancels the statement.</param>
    /// <exception cref="UnstorableValueException">PostgreSQL cannot store a value. Nothing was sent.</exception>
    public static Task<List<T>> QueryAs<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Run(batch, TenantStatement.For(tenant), statement, null, read, cancel), cancel);

    /// <summary>Runs a statement without a tenant, on tables of the platform and on cross-tenant functions.</summary>
    /// <param name="dataSource">The pool of the serving role.</param>
    /// <param name="statement">The statement, with positional parameters ($1).</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancel">Cancels the statement.</param>
    /// <exception cref="UnstorableValueException">PostgreSQL cannot store a value. Nothing was sent.</exception>
    public static Task<List<T>> QueryAsPlatform<T>(
        this NpgsqlDataSource dataSource,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Run(batch, null, statement, null, read, cancel), cancel);

    /// <summary>
    /// Runs statements without results, in one round trip and one transaction. A <see cref="TenantStatement"/> precedes
    /// those of each tenant.
    /// </summary>
    /// <exception cref="UnstorableValueException">PostgreSQL cannot store a value. Nothing was sent.</exception>
    public static Task<int> Execute(
        this NpgsqlDataSource dataSource,
        IEnumerable<NpgsqlBatchCommand> statements,
        CancellationToken cancel
    ) =>
        dataSource.Send(
            async batch =>
            {
                foreach (var statement in statements)
                    Add(batch, statement);
                return await batch.ExecuteNonQueryAsync(cancel);
            },
            cancel
        );

    /// <summary>As <see cref="QueryAs"/>, for a statement that reads. A statement that writes fails.</summary>
    public static Task<List<T>> ReadOnlyQueryAs<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) =>
        dataSource.Send(batch => Run(batch, TenantStatement.ForReading(tenant), statement, null, read, cancel), cancel);

    /// <summary>
    /// As <see cref="QueryAs"/>, for a change by <paramref name="caller"/>. It is rolled back where the caller lost the
    /// right to make it.
    /// </summary>
    public static Task<List<T>> ChangeAsCaller<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        ActingCaller caller,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Run(batch, TenantStatement.For(tenant), statement, caller, read, cancel), cancel);

    /// <summary>
    /// Runs a statement on the connection of <paramref name="db"/>, as its tenant or in its transaction.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="statement">The statement, with positional parameters ($1).</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancel">Cancels the statement.</param>
    /// <exception cref="UnstorableValueException">PostgreSQL cannot store a value. Nothing was sent.</exception>
    public static async Task<List<T>> Query<T>(
        this TenantDb db,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    )
    {
        await db.Database.OpenConnectionAsync(cancel);
        try
        {
            var transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            await using var batch = new NpgsqlBatch(
                (NpgsqlConnection)db.Database.GetDbConnection(),
                (NpgsqlTransaction?)transaction
            );
            // A transaction sets its tenant at its start, and checks its caller at its end.
            return transaction is not null
                ? await Run(batch, null, statement, null, read, cancel)
                : await Run(
                    batch,
                    TenantStatement.For(
                        db.Tenant
                            ?? throw new InvalidOperationException("A statement has no tenant and would see no rows.")
                    ),
                    statement,
                    db.Caller,
                    read,
                    cancel
                );
        }
        catch (Exception e) when (FailedStatements.MayLeaveTraces(e))
        {
            db.HasFailed = true;
            throw;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private static async Task<T> Send<T>(
        this NpgsqlDataSource dataSource,
        Func<NpgsqlBatch, Task<T>> run,
        CancellationToken cancel
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            return await run(batch);
        }
        catch (Exception e) when (FailedStatements.MayLeaveTraces(e))
        {
            FailedStatements.Forget(connection);
            throw;
        }
    }

    /// <param name="batch">An empty batch.</param>
    /// <param name="tenant">The statement that sets the tenant; null: none.</param>
    /// <param name="statement">The statement whose rows are read.</param>
    /// <param name="caller">The caller to check after it; null: none.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancel">Cancels the statement.</param>
    private static async Task<List<T>> Run<T>(
        NpgsqlBatch batch,
        NpgsqlBatchCommand? tenant,
        NpgsqlBatchCommand statement,
        ActingCaller? caller,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    )
    {
        if (tenant is not null)
            batch.BatchCommands.Add(tenant);
        Add(batch, statement);
        if (caller is not null)
            batch.BatchCommands.Add(caller.Demand());
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        if (tenant is not null)
            await rows.NextResultAsync(cancel);
        var all = new List<T>();
        while (await rows.ReadAsync(cancel))
            all.Add(read(rows));
        if (caller is not null)
            await rows.NextResultAsync(cancel); // otherwise its error would not be thrown
        return all;
    }

    private static void Add(NpgsqlBatch batch, NpgsqlBatchCommand statement)
    {
        StatementValues.Check(statement.Parameters, statement.CommandText);
        batch.BatchCommands.Add(statement);
    }

    /// <summary>A positional parameter. Null becomes NULL of the type.</summary>
    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    public static string? GetStringOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
