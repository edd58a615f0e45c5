using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// A statement without EF, for the few that clients send all the time: EF takes longer over one than PostgreSQL does (docs/decisions/0019-a-few-statements-go-past-ef.md). The tenant travels in the same batch, as
/// <see cref="TenantCommandInterceptor"/> puts it in front of what EF sends, and the batch is a transaction; but where one is open already, which was given its tenant when it began.
/// </summary>
public static class QueryAsTenant
{
    /// <summary>As a tenant that the caller names; a request's own goes by <c>TenantContext</c>.</summary>
    /// <param name="dataSource">of the serving role</param>
    /// <param name="tenant">whose rows are seen</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static Task<List<T>> RowsAs<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Answer(batch, TenantStatement.For(tenant), statement, null, read, cancel), cancel);

    /// <summary>As no tenant: of the platform's own tables, and of the functions that look across tenants.</summary>
    /// <param name="dataSource">of the serving role</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static Task<List<T>> RowsOfPlatform<T>(
        this NpgsqlDataSource dataSource,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Answer(batch, null, statement, null, read, cancel), cancel);

    /// <summary>Statements that answer nothing, in one round trip and one transaction. Each tenant's come behind its <see cref="TenantStatement"/>.</summary>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
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

    /// <summary>As <see cref="RowsAs"/>, for a statement that reads: one that writes fails.</summary>
    public static Task<List<T>> ReadAs<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) =>
        dataSource.Send(
            batch => Answer(batch, TenantStatement.ForReading(tenant), statement, null, read, cancel),
            cancel
        );

    /// <summary>As <see cref="RowsAs"/>, for a change by <paramref name="caller"/>, which is undone where the caller may not make it any more.</summary>
    public static Task<List<T>> ChangeAs<T>(
        this NpgsqlDataSource dataSource,
        Guid tenant,
        ActingCaller caller,
        NpgsqlBatchCommand statement,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancel
    ) => dataSource.Send(batch => Answer(batch, TenantStatement.For(tenant), statement, caller, read, cancel), cancel);

    /// <summary>By the connection of <paramref name="db"/>: as its tenant, or as a part of the change that it is making.</summary>
    /// <param name="db">whose rows are seen</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static async Task<List<T>> Rows<T>(
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
            // A transaction was given its tenant when it began, and is held against its caller when it ends.
            return transaction is not null
                ? await Answer(batch, null, statement, null, read, cancel)
                : await Answer(
                    batch,
                    TenantStatement.For(
                        db.Tenant
                            ?? throw new InvalidOperationException("A statement has no tenant: it would see no rows.")
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
        Func<NpgsqlBatch, Task<T>> by,
        CancellationToken cancel
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        try
        {
            await using var batch = new NpgsqlBatch(connection);
            return await by(batch);
        }
        catch (Exception e) when (FailedStatements.MayLeaveTraces(e))
        {
            FailedStatements.Forget(connection);
            throw;
        }
    }

    /// <param name="batch">still empty</param>
    /// <param name="tenant">the statement that goes in front; null: none</param>
    /// <param name="statement">whose rows are read</param>
    /// <param name="caller">against whom it is held; null: nobody</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    private static async Task<List<T>> Answer<T>(
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
            await rows.NextResultAsync(cancel); // or its refusal would not be heard
        return all;
    }

    private static void Add(NpgsqlBatch batch, NpgsqlBatchCommand statement)
    {
        StatementValues.Check(statement.Parameters, statement.CommandText);
        batch.BatchCommands.Add(statement);
    }

    /// <summary>For a statement, by position. Null is NULL of the type.</summary>
    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    public static string? GetStringOrNull(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
