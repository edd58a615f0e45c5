using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Tenantry.Foundation.Database;

/// <summary>
/// A statement without EF, for the few that clients send all the time: EF takes longer over one than PostgreSQL does (docs/decisions/0019-a-few-statements-go-past-ef.md). The tenant travels in the same batch, as
/// <see cref="TenantCommandInterceptor"/> puts it in front of what EF sends, and the batch is a transaction; but where one is open already, which was given its tenant when it began.
/// </summary>
public static class TenantRows
{
    /// <summary>As a tenant that the caller names; a request's own goes by <c>TenantContext.Rows</c>.</summary>
    /// <param name="dataSource">of the serving role</param>
    /// <param name="tenant">whose rows are seen</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static Task<List<T>> RowsAs<T>(this NpgsqlDataSource dataSource, Guid tenant, NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel) =>
        dataSource.Send(batch => Answer(batch, tenant, statement, read, cancel), cancel);

    /// <summary>As no tenant: of the platform's own tables, and of the functions that look across tenants.</summary>
    /// <param name="dataSource">of the serving role</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static Task<List<T>> RowsOfPlatform<T>(this NpgsqlDataSource dataSource, NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel) =>
        dataSource.Send(batch => Answer(batch, null, statement, read, cancel), cancel);

    /// <summary>Statements that answer nothing, in one round trip and one transaction. Each tenant's come behind its <see cref="TenantStatement"/>.</summary>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static Task<int> Execute(this NpgsqlDataSource dataSource, IEnumerable<NpgsqlBatchCommand> statements, CancellationToken cancel) => dataSource.Send(async batch =>
    {
        foreach (var statement in statements)
            Add(batch, statement);
        return await batch.ExecuteNonQueryAsync(cancel);
    }, cancel);

    /// <summary>By the connection of <paramref name="db"/>: as its tenant, or as a part of the change that it is making.</summary>
    /// <param name="db">whose rows are seen</param>
    /// <param name="statement">with parameters by position ($1)</param>
    /// <param name="read">what becomes of a row</param>
    /// <param name="cancel">ends the statement</param>
    /// <exception cref="UnstorableValueException">a value cannot be stored: nothing was sent</exception>
    public static async Task<List<T>> Rows<T>(this TenantDb db, NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        try
        {
            var transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)transaction);
            Guid? whose = transaction is null ? db.Tenant ?? throw new InvalidOperationException("A statement has no tenant: it would see no rows.") : null;
            return await Answer(batch, whose, statement, read, cancel);
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

    private static async Task<T> Send<T>(this NpgsqlDataSource dataSource, Func<NpgsqlBatch, Task<T>> by, CancellationToken cancel)
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

    // The tenant goes in front; null: there is none, or the transaction was given its own when it began.
    private static async Task<List<T>> Answer<T>(NpgsqlBatch batch, Guid? tenant, NpgsqlBatchCommand statement, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        if (tenant is { } inFront)
            batch.BatchCommands.Add(TenantStatement.For(inFront));
        Add(batch, statement);
        await using var rows = await batch.ExecuteReaderAsync(cancel);
        if (tenant is not null)
            await rows.NextResultAsync(cancel);
        var all = new List<T>();
        while (await rows.ReadAsync(cancel))
            all.Add(read(rows));
        return all;
    }

    private static void Add(NpgsqlBatch batch, NpgsqlBatchCommand statement)
    {
        StatementValues.Check(statement.Parameters, statement.CommandText);
        batch.BatchCommands.Add(statement);
    }

    /// <summary>For a statement, by position. Null is NULL of the type.</summary>
    public static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    public static string? GetStringOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
