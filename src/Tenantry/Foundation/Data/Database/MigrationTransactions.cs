using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// What a migration's transaction is told when it begins. Statements outside one, which are CREATE and DROP INDEX CONCURRENTLY, are not told: nobody has to wait behind them, and they wait for every
/// transaction that is older.
/// </summary>
internal sealed class MigrationTransactions(TimeSpan lockWait, string version) : DbTransactionInterceptor
{
    /// <summary>Read by the default of <c>schema_migrations.applied_by</c>.</summary>
    public const string VersionSetting = "tenantry.version";

    // Whoever kills a migration wants it gone: without the interval, the server goes on with the statement for as long as it takes. It cannot look after its client on Windows.
    private const string Sql = $"""
        SELECT set_config('lock_timeout', $1, true), set_config('{VersionSetting}', $2, true), set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
               CASE WHEN version() !~* 'visual c|mingw|windows' THEN set_config('client_connection_check_interval', '1000', true) END
        """;

    public override DbTransaction TransactionStarted(
        DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result
    )
    {
        using var command = Command(connection, result);
        command.ExecuteNonQuery();
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = Command(connection, result);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return result;
    }

    private NpgsqlCommand Command(DbConnection connection, DbTransaction transaction) =>
        new(Sql, (NpgsqlConnection)connection, (NpgsqlTransaction)transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = $"{lockWait.TotalMilliseconds:0}" },
                new NpgsqlParameter<string> { TypedValue = version },
            },
        };
}
