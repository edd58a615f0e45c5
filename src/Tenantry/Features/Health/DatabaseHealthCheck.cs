using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Health;

/// <summary>Checks that the database answers and accepts writes.</summary>
public sealed class DatabaseHealthCheck(NpgsqlDataSource dataSource, Instances instances) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        // A standby after a failover, or a read-only database, answers queries, but every change fails.
        await using var command = dataSource.CreateCommand(
            "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
        );
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
            throw new InvalidOperationException("The database is read-only.");
        await instances.CheckWrites(cancellationToken); // a database with a full disk can still be read
        return HealthCheckResult.Healthy();
    }
}
