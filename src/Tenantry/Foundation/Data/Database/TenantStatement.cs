using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Sets the tenant before each statement, in the same batch and so in the same round trip and implicit transaction. The
/// setting ends with that transaction: PgBouncer in transaction mode hands the connection to any client afterwards.
/// </summary>
public static class TenantStatement
{
    private const string Parameter = "current_tenant";

    public const string Sql = $"SELECT set_config('{TenantPolicy.Setting}', @{Parameter}::text, true);\n";

    /// <summary>
    /// Sets the tenant and forbids writes, for reads of a signed-in caller: only changes are checked
    /// (<see cref="ActingCaller"/>).
    /// </summary>
    public const string ReadOnlySql =
        $"SELECT set_config('{TenantPolicy.Setting}', @{Parameter}::text, true), set_config('transaction_read_only', 'on', true);\n";

    public static FormattableString Of(Guid tenant) =>
        $"SELECT set_config('app.current_tenant_id', {tenant}::text, true)";

    /// <summary>For statements outside EF: the first command of a batch.</summary>
    public static NpgsqlBatchCommand For(Guid tenant) =>
        new($"SELECT set_config('{TenantPolicy.Setting}', $1::text, true)")
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } },
        };

    /// <summary>The first command of a batch that must not write.</summary>
    public static NpgsqlBatchCommand ForReading(Guid tenant) =>
        new(
            $"SELECT set_config('{TenantPolicy.Setting}', $1::text, true), set_config('transaction_read_only', 'on', true)"
        )
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } },
        };

    internal static void Prepend(DbCommand command, Guid tenant, string sql = Sql)
    {
        command.CommandText = sql + command.CommandText;
        command.Parameters.Add(new NpgsqlParameter<Guid>(Parameter, tenant));
    }

    internal static bool IsPrepended(DbCommand command) =>
        command.CommandText.StartsWith(Sql, StringComparison.Ordinal)
        || command.CommandText.StartsWith(ReadOnlySql, StringComparison.Ordinal);
}

/// <summary>
/// Applies <see cref="TenantStatement"/> to statements of EF outside a transaction. For a signed-in caller, a query
/// cannot write, and a command checks the caller.
/// </summary>
public sealed class TenantCommandInterceptor(bool explainMissingTenant) : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    )
    {
        Prepare(command, eventData, isQuery: true);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        Prepare(command, eventData, isQuery: true);
        return ValueTask.FromResult(result);
    }

    // The first result belongs to set_config: EF must not read it.
    public override DbDataReader ReaderExecuted(
        DbCommand command,
        CommandExecutedEventData eventData,
        DbDataReader result
    )
    {
        if (TenantStatement.IsPrepended(command))
            result.NextResult();
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command,
        CommandExecutedEventData eventData,
        DbDataReader result,
        CancellationToken cancellationToken = default
    )
    {
        if (TenantStatement.IsPrepended(command))
            await result.NextResultAsync(cancellationToken);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    )
    {
        Prepare(command, eventData, isQuery: false);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        Prepare(command, eventData, isQuery: false);
        return ValueTask.FromResult(result);
    }

    private void Prepare(DbCommand command, CommandEventData eventData, bool isQuery)
    {
        if (eventData.Context is not TenantDb db || eventData.CommandSource == CommandSource.Migrations)
            return;
        if (db.Tenant is { } tenant)
        {
            if (command.Transaction is not null) // the tenant was set when the transaction began
                return;
            TenantStatement.Prepend(
                command,
                tenant,
                db.Caller is not null && isQuery ? TenantStatement.ReadOnlySql : TenantStatement.Sql
            );
            if (!isQuery)
                db.Caller?.DemandAfter(command);
        }
        else if (!db.IsWithoutTenant && explainMissingTenant)
        {
            throw new InvalidOperationException(
                "A statement has no tenant and would see no rows. Resolve TenantDb from the scope of the request, call For(tenant), or call WithoutTenant() for tables of the platform."
            );
        }
    }
}

/// <summary>
/// Sets the tenant of a transaction once, at its start: BEGIN and the setting share a round trip. For a signed-in
/// caller, it checks the caller then, and again at the end together with COMMIT. These are not commands of EF, so
/// <see cref="StatementInterceptor"/> does not see their failures.
/// </summary>
public sealed class TenantTransactionInterceptor : DbTransactionInterceptor
{
    public override DbTransaction TransactionStarted(
        System.Data.Common.DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result
    )
    {
        using var command = Command(connection, eventData, result);
        try
        {
            command?.ExecuteNonQuery();
        }
        catch (Exception e)
        {
            FailedStatements.Note(eventData.Context, e);
            throw;
        }
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        System.Data.Common.DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = Command(connection, eventData, result);
        try
        {
            if (command is not null)
                await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e)
        {
            FailedStatements.Note(eventData.Context, e);
            throw;
        }
        return result;
    }

    public override InterceptionResult TransactionCommitting(
        DbTransaction transaction,
        TransactionEventData eventData,
        InterceptionResult result
    )
    {
        if (eventData.Context is not TenantDb { Caller: { } caller })
            return result;
        using var commit = caller.Commit((NpgsqlTransaction)transaction);
        try
        {
            commit.ExecuteNonQuery();
        }
        catch (Exception e)
        {
            FailedStatements.Note(eventData.Context, e);
            throw;
        }
        return InterceptionResult.Suppress(); // it is committed
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction,
        TransactionEventData eventData,
        InterceptionResult result,
        CancellationToken cancellationToken = default
    )
    {
        if (eventData.Context is not TenantDb { Caller: { } caller })
            return result;
        await using var commit = caller.Commit((NpgsqlTransaction)transaction);
        try
        {
            await commit.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e)
        {
            FailedStatements.Note(eventData.Context, e);
            throw;
        }
        return InterceptionResult.Suppress(); // it is committed
    }

    private static DbCommand? Command(
        System.Data.Common.DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction transaction
    )
    {
        if (eventData.Context is not TenantDb { Tenant: { } tenant } db)
            return null;
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        if (db.Caller is { } caller)
            caller.Begin(command, tenant);
        else
            TenantStatement.Prepend(command, tenant);
        return command;
    }
}
