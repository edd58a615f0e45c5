using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks the policies of the tables of tenants. PostgreSQL joins permissive policies with OR, so an additional policy
/// is as dangerous as a missing one.
/// </summary>
internal static class PolicyCheck
{
    private const string Policies = """
        SELECT c.relname, p.polname, p.polpermissive, p.polcmd = '*', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
               p.polroles = '{0}'::oid[], p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = @crossTenantRole)]
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE c.relnamespace = 'public'::regnamespace
        ORDER BY c.relname, p.polname
        """;

    public static async Task<List<string>> Run(NpgsqlConnection connection, IModel model, CancellationToken cancel)
    {
        var tenantColumns = model
            .GetEntityTypes()
            .Where(entity => TableCheck.TenantColumn(entity) is not null)
            .ToDictionary(
                entity => entity.GetTableName()!,
                entity => TableCheck.TenantColumn(entity)!,
                StringComparer.Ordinal
            );
        var missing = tenantColumns.ToDictionary(StringComparer.Ordinal);
        var findings = new List<string>();
        await using var command = new NpgsqlCommand(Policies, connection)
        {
            Parameters = { new("crossTenantRole", TenantPolicy.CrossTenantRole) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (table, policy) = (reader.GetString(0), reader.GetString(1));
            if (!tenantColumns.TryGetValue(table, out var column))
                continue;
            if (IsTenantIsolation(reader, column))
                missing.Remove(table);
            else if (policy == TenantPolicy.Name)
                findings.Add(
                    $"Policy {policy} of table {table} is not as the model defines it. Fix: DROP POLICY {policy} ON {table}; {Create(table, column)}"
                );
            else if (reader.GetBoolean(2) && !IsForCrossTenantRole(reader))
                findings.Add(
                    $"Table {table} has a second permissive policy, {policy}, which shows a tenant more rows. Fix: DROP POLICY {policy} ON {table}"
                );
        }
        findings.AddRange(
            missing.Select(table =>
                $"Table {table.Key} has no policy that isolates tenants. Fix: {Create(table.Key, table.Value)}"
            )
        );
        return findings;
    }

    /// <summary>Permissive, for all commands and all roles, with the expression of the model.</summary>
    private static bool IsTenantIsolation(NpgsqlDataReader row, string column) =>
        row.GetBoolean(2)
        && row.GetBoolean(3)
        && row.GetBoolean(6)
        && TenantPolicy.IsSame(row.GetStringOrNull(4), column)
        && TenantPolicy.IsSame(row.GetStringOrNull(5), column);

    private static bool IsForCrossTenantRole(NpgsqlDataReader row) => !row.IsDBNull(7) && row.GetBoolean(7);

    private static string Create(string table, string column) =>
        $"CREATE POLICY {TenantPolicy.Name} ON {table} USING ({TenantPolicy.Expression(column)}) WITH CHECK ({TenantPolicy.Expression(column)})";
}
