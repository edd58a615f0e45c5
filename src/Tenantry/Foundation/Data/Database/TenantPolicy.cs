using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Data.Database;

/// <summary>The names and the one expression on which isolation stands.</summary>
public static partial class TenantPolicy
{
    public const string Setting = "app.current_tenant_id";
    public const string Name = "tenant_isolation";

    /// <summary>Lets the door that erases at the rows of a deleted tenant, and at nobody else's.</summary>
    public const string PurgeName = "doors_purge";

    /// <summary>Holds the grants of the service; the login of DATABASE_URL is a member of it and of nothing else.</summary>
    public const string ServingRole = "tenantry_serving";

    /// <summary>Owns the doors: the few functions that look across tenants. Nobody can sign in with it.</summary>
    public const string DoorRole = "tenantry_doors";

    /// <summary>Signs in to make backups, and for nothing else: it reads every row of every tenant, past the policies, and may write none.</summary>
    public const string BackupRole = "tenantry_backup";

    /// <summary>
    /// The sub-select is evaluated once per statement, not once per row. NULLIF matters: on a connection where the setting
    /// was used before, its unset value is '' and the bare cast would raise an error instead of matching nothing.
    /// </summary>
    public static string Expression(string column) =>
        $"{column} = (SELECT NULLIF(current_setting('{Setting}', true), '')::uuid)";

    /// <summary>The statement that makes it on a tenant's table.</summary>
    /// <param name="table">quoted, where it has to be</param>
    public static string Purge(string table) =>
        $"CREATE POLICY {PurgeName} ON {table} TO {DoorRole} USING (tenant_id IN (SELECT id FROM tenants WHERE deleted_at IS NOT NULL))";

    /// <summary>PostgreSQL prints an expression back with casts, parentheses and aliases of its own.</summary>
    public static bool IsSame(string? printed, string column) =>
        printed is not null && Bare(printed) == Bare(Expression(column));

    private static string Bare(string expression) => Decoration().Replace(expression, "").ToLowerInvariant();

    [GeneratedRegex("""\s|[()]|::text|AS\s+"?nullif"?""", RegexOptions.IgnoreCase)]
    private static partial Regex Decoration();
}
