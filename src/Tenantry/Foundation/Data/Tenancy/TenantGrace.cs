using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// The days of grace that the database itself holds to: the policies of the role that erases refer to <c>tenant_grace()</c>, which the serving role may call
/// and not change. A service that was taken over cannot erase a tenant sooner, whatever its settings say.
/// </summary>
public static class TenantGrace
{
    /// <param name="db">as the owner of the schema</param>
    /// <param name="days">0: a deleted tenant can be erased at once</param>
    /// <param name="cancel">leaves it as it was</param>
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

    /// <summary>As the serving role reads it.</summary>
    public static async Task<TimeSpan> Read(NpgsqlDataSource dataSource, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT extract(epoch FROM {DatabaseFunctions.TenantGrace}())::bigint"
        );
        return TimeSpan.FromSeconds((long)(await command.ExecuteScalarAsync(cancel))!);
    }
}
