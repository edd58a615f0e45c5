using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks the views that the serving role can access. A plain view reads with its owner's rights; a materialized view
/// contains rows of all tenants.
/// </summary>
internal static class ViewCheck
{
    private const string Views = """
        SELECT c.relname, c.relkind = 'm'
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
          AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)))
        ORDER BY c.relname
        """;

    public static Task<List<string>> Run(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ReadLines(
            Views,
            row =>
                row.GetBoolean(1)
                    ? $"The serving role can read the materialized view {row.GetString(0)}, which no policy covers. Fix: REVOKE ALL ON {row.GetString(0)} FROM {TenantPolicy.ServingRole}, PUBLIC"
                    : $"View {row.GetString(0)} reads with its owner's rights and bypasses row-level security. Fix: ALTER VIEW {row.GetString(0)} SET (security_invoker = true)",
            cancel
        );
}
