using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Tenantry.Foundation.Database;

/// <summary>
/// Puts the tenant in front of each statement, in the same batch and so in the same round trip and implicit transaction.
/// The setting ends with that transaction: PgBouncer in transaction mode can hand the connection to anybody afterwards.
/// </summary>
public static class TenantStatement
{
    private const string Parameter = "current_tenant";

    public const string Sql = $"SELECT set_config('{TenantPolicy.Setting}', @{Parameter}::text, true);\n";

    public static FormattableString Of(Guid tenant) => $"SELECT set_config('app.current_tenant_id', {tenant}::text, true)";

    /// <summary>For statements outside EF: the first of a batch.</summary>
    public static NpgsqlBatchCommand For(Guid tenant) => new($"SELECT set_config('{TenantPolicy.Setting}', $1::text, true)")
    {
        Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } },
    };

    internal static void PutInFront(DbCommand command, Guid tenant)
    {
        command.CommandText = Sql + command.CommandText;
        command.Parameters.Add(new NpgsqlParameter<Guid>(Parameter, tenant));
    }

    internal static bool IsInFront(DbCommand command) => command.CommandText.StartsWith(Sql, StringComparison.Ordinal);
}

/// <summary>Applies <see cref="TenantStatement"/> to what EF sends outside a transaction.</summary>
public sealed class TenantCommandInterceptor(bool explainMissingTenant) : DbCommandInterceptor
{
    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Prepare(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Prepare(command, eventData);
        return ValueTask.FromResult(result);
    }

    // The first result is set_config's: EF must not see it.
    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        if (TenantStatement.IsInFront(command))
            result.NextResult();
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (TenantStatement.IsInFront(command))
            await result.NextResultAsync(cancellationToken);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Prepare(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Prepare(command, eventData);
        return ValueTask.FromResult(result);
    }

    private void Prepare(DbCommand command, CommandEventData eventData)
    {
        if (eventData.Context is not TenantDb db || eventData.CommandSource == CommandSource.Migrations)
            return;
        if (db.Tenant is { } tenant)
        {
            if (command.Transaction is null) // a transaction was given its tenant when it began
                TenantStatement.PutInFront(command, tenant);
        }
        else if (!db.IsWithoutTenant && explainMissingTenant)
        {
            throw new InvalidOperationException(
                "A statement ran with no tenant in context: it would see no rows. Take TenantDb from the request's scope, call For(tenant), or say WithoutTenant() for tables of the platform.");
        }
    }
}

/// <summary>Gives a transaction its tenant once, at its start: BEGIN and the setting share a round trip.</summary>
public sealed class TenantTransactionInterceptor : DbTransactionInterceptor
{
    public override DbTransaction TransactionStarted(System.Data.Common.DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        using var command = Command(connection, eventData, result);
        command?.ExecuteNonQuery();
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        System.Data.Common.DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        await using var command = Command(connection, eventData, result);
        try
        {
            if (command is not null)
                await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e) when (eventData.Context is TenantDb db && FailedStatements.MayLeaveTraces(e))
        {
            db.HasFailed = true;
            throw;
        }
        return result;
    }

    private static DbCommand? Command(System.Data.Common.DbConnection connection, TransactionEndEventData eventData, DbTransaction transaction)
    {
        if (eventData.Context is not TenantDb { Tenant: { } tenant })
            return null;
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        TenantStatement.PutInFront(command, tenant);
        return command;
    }
}
