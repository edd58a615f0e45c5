using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// The grace period of deleted tenants, which the database enforces: the policies of the cross-tenant role use
/// <c>tenant_grace()</c>, which the serving role can call but not change. An attacker who controls the service cannot
/// erase a tenant earlier, whatever its settings are.
/// </summary>
public static class TenantGrace
{
    /// <summary>Sets the grace period.</summary>
    /// <param name="db">A context of the owner of the schema.</param>
    /// <param name="days">The number of days; 0: a deleted tenant can be erased at once.</param>
    /// <param name="cancel">Cancels the statement.</param>
    public static async Task Set(TenantDb db, int days, CancellationToken cancel)
    {
        if (
            await db
                .Database.SqlQueryRaw<bool>(
                    $"SELECT {DatabaseFunctions.TenantGrace}() = make_interval(days => {{0}}) AS \"Value\"",
                    days
                )
                .SingleAsync(cancel)
        )
            return;
        var body = $"SELECT interval '{days.ToString(CultureInfo.InvariantCulture)} days'";
#pragma warning disable EF1002 // a number, in DDL, which takes no parameters
        await db.Database.ExecuteSqlRawAsync(
            $"CREATE OR REPLACE FUNCTION {DatabaseFunctions.TenantGrace}() RETURNS interval LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ {body} $$",
            cancel
        );
#pragma warning restore EF1002
    }

    /// <summary>Reads the grace period as the serving role.</summary>
    public static async Task<TimeSpan> Read(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT extract(epoch FROM {DatabaseFunctions.TenantGrace}())::bigint"
        );
        return TimeSpan.FromSeconds((long)(await command.ExecuteScalarAsync(cancel))!);
    }
}
