using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Sets timeouts and the version at the beginning of a migration's transaction. CREATE and DROP INDEX CONCURRENTLY run
/// outside a transaction and get no lock timeout: they block no other statement, and wait for every older transaction.
/// </summary>
internal sealed class MigrationTransactions(TimeSpan lockWait, string version) : DbTransactionInterceptor
{
    /// <summary>Read by the default of <c>schema_migrations.applied_by</c>.</summary>
    public const string VersionSetting = "tenantry.version";

    // The server checks each second whether the client is connected: a killed migration would otherwise run to its
    // end. PostgreSQL on Windows does not support that.
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
