using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Data.Database;

/// <summary>The policy that isolates tenants: its name, its expression, and the roles that it applies to.</summary>
public static partial class TenantPolicy
{
    public const string Setting = "app.current_tenant_id";
    public const string Name = "tenant_isolation";

    /// <summary>Shows the rows of deleted tenants, and of no others, to the functions that erase them.</summary>
    public const string PurgeName = "doors_purge";

    /// <summary>
    /// Has the grants of the service. The login in DATABASE_URL is a member of this role and of no other.
    /// </summary>
    public const string ServingRole = "tenantry_serving";

    /// <summary>Owns the cross-tenant functions, which run with its rights. It is no login.</summary>
    public const string CrossTenantRole = "tenantry_doors";

    /// <summary>
    /// The login for backups. It reads every row of every tenant, past the policies, and cannot write.
    /// </summary>
    public const string BackupRole = "tenantry_backup";

    /// <summary>PostgreSQL's own role that reads every table.</summary>
    public const string ReadAllRole = "pg_read_all_data";

    /// <summary>
    /// The sub-select is evaluated once per statement, not once per row. NULLIF matters: on a connection where the
    /// setting was used before, its unset value is '' and the cast alone would raise an error instead of matching no
    /// row.
    /// </summary>
    public static string Expression(string column) =>
        $"{column} = (SELECT NULLIF(current_setting('{Setting}', true), '')::uuid)";

    /// <summary>The statement that creates the policy <see cref="PurgeName"/> on a table of tenants.</summary>
    /// <param name="table">The name of the table, quoted where necessary.</param>
    public static string Purge(string table) =>
        $"CREATE POLICY {PurgeName} ON {table} TO {CrossTenantRole} USING (tenant_id IN (SELECT id FROM tenants WHERE deleted_at IS NOT NULL))";

    /// <summary>
    /// Whether an expression that PostgreSQL prints is <see cref="Expression"/>. PostgreSQL adds casts, parentheses and
    /// aliases.
    /// </summary>
    public static bool IsSame(string? printed, string column) =>
        printed is not null && Normalize(printed) == Normalize(Expression(column));

    private static string Normalize(string expression) => Additions().Replace(expression, "").ToLowerInvariant();

    [GeneratedRegex("""\s|[()]|::text|AS\s+"?nullif"?""", RegexOptions.IgnoreCase)]
    private static partial Regex Additions();
}
