using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks that every table is as the model defines it, and that the serving role can access no other table.
/// </summary>
internal static class TableCheck
{
    private const string Tables = """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
               (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisprimary),
               has_table_privilege(c.oid, 'SELECT') OR has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE')
                 OR has_table_privilege(c.oid, 'DELETE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'),
               has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, 'REFERENCES') OR has_table_privilege(c.oid, 'TRIGGER'),
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped),
               n.nspname = 'public',
               ARRAY(SELECT v FROM unnest(ARRAY['DELETE', 'INSERT', 'SELECT', 'UPDATE']) v
                     WHERE has_table_privilege(c.oid, v) OR (v <> 'DELETE' AND has_any_column_privilege(c.oid, v)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
        ORDER BY c.relname
        """;

    public static async Task<List<string>> Run(NpgsqlConnection connection, IModel model, CancellationToken cancel)
    {
        var tenantColumns = model
            .GetEntityTypes()
            .ToDictionary(entity => entity.GetTableName()!, TenantColumn, StringComparer.Ordinal);
        var grants = Grants(model);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var findings = new List<string>();
        await using var command = new NpgsqlCommand(Tables, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            // A table of the same name in another schema is another table.
            var table = reader.GetBoolean(7) ? reader.GetString(0) : "another schema's " + reader.GetString(0);
            found.Add(table);
            findings.AddRange(ExcessPrivileges(reader, table, grants));
            if (!tenantColumns.TryGetValue(table, out var tenantColumn))
            {
                if (table != DatabaseServices.MigrationHistory && reader.GetBoolean(4))
                    findings.Add(
                        $"The serving role can access table {table}, which is not in the model{(reader.GetBoolean(6) ? " and has a tenant_id" : "")}. Fix: REVOKE ALL ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC"
                    );
            }
            else if (tenantColumn is not null)
            {
                findings.AddRange(MissingProtection(reader, table, tenantColumn));
            }
        }
        findings.AddRange(
            tenantColumns
                .Keys.Where(table => !found.Contains(table))
                .Select(table => $"Table {table} is missing. Fix: tenantry migrate")
        );
        return findings;
    }

    /// <summary>The column that contains the tenant of a row; null for a table of the platform.</summary>
    public static string? TenantColumn(IEntityType entity) =>
        entity.FindAnnotation(OwnershipConvention.TenantProperty)?.Value is string property
            ? entity.FindProperty(property)!.GetColumnName()
            : null;

    private static Dictionary<string, string[]> Grants(IModel model)
    {
        var grants = model
            .GetEntityTypes()
            .ToDictionary(
                entity => entity.GetTableName()!,
                entity => ((string)entity[OwnershipConvention.Grants]!).Split(", "),
                StringComparer.Ordinal
            );
        grants[DatabaseServices.MigrationHistory] = ["SELECT"];
        return grants;
    }

    private static IEnumerable<string> ExcessPrivileges(
        NpgsqlDataReader row,
        string table,
        Dictionary<string, string[]> grants
    )
    {
        if (
            grants.TryGetValue(table, out var granted)
            && row.GetFieldValue<string[]>(8).Except(granted, StringComparer.Ordinal).ToList() is { Count: > 0 } excess
        )
            yield return $"The serving role has {string.Join(", ", excess)} on {table}, which it does not need. Fix: REVOKE {string.Join(", ", excess)} ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC";
        if (row.GetBoolean(5))
            yield return $"The serving role may TRUNCATE {table}, reference it or create triggers on it, which row-level security does not restrict. Fix: REVOKE TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC";
    }

    private static IEnumerable<string> MissingProtection(NpgsqlDataReader row, string table, string tenantColumn)
    {
        if (!row.GetBoolean(1))
            yield return $"Table {table} has row-level security disabled. Fix: ALTER TABLE {table} ENABLE ROW LEVEL SECURITY";
        if (!row.GetBoolean(2))
            yield return $"Table {table} does not force row-level security on its owner. Fix: ALTER TABLE {table} FORCE ROW LEVEL SECURITY";
        if (row.IsDBNull(3) || row.GetString(3) != tenantColumn)
            yield return $"The primary key of table {table} does not begin with {tenantColumn}. Fix: restore the primary key that the migrations created";
    }
}
