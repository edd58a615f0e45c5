using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Health;

/// <summary>
/// Checks that all migrations and database functions of this version are applied. A newer schema is healthy: another
/// instance may have been upgraded first.
/// </summary>
public sealed class SchemaHealthCheck(NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = (await contexts.CreateDbContextAsync(cancellationToken)).WithoutTenant();
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            throw new InvalidOperationException("The database schema is older than this version. Run the migrations.");
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await SchemaFunctions.Outdated(connection, cancellationToken) is { Count: > 0 } outdated)
            throw new InvalidOperationException(
                $"{outdated.Count} database functions are older than this version, for example {outdated[0].Name}. Run the migrations."
            );
        return HealthCheckResult.Healthy();
    }
}
