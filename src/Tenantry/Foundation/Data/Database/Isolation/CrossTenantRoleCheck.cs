using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks the rights of <c>tenantry_doors</c>, the role of the cross-tenant functions. On tables of tenants it may do
/// what erasure needs; everything else is listed here, column by column. A migration that grants more adds a line; any
/// other grant prevents the start.
/// </summary>
internal static class CrossTenantRoleCheck
{
    /// <summary>Table, privilege, and columns; no columns: the whole table.</summary>
    private static readonly string[] Grants =
    [
        "audit_heads SELECT id signed_at",
        "audit_links SELECT",
        "audit_links INSERT",
        "erased_tenants SELECT",
        "erased_tenants INSERT",
        "erased_tenants UPDATE erased_at",
        "file_uploads SELECT expires_at",
        "idempotency_keys SELECT expires_at",
        "mail_requests SELECT",
        "mail_requests UPDATE",
        "mailed_tokens SELECT expires_at",
        "message_counts SELECT day",
        "notification_logs SELECT id type recipient subject body html_body transport status created_at attempts due_at is_ready priority worker_id sealed_text",
        "notification_logs UPDATE status attempts due_at is_ready worker_id",
        "object_removals INSERT",
        "object_removals SELECT",
        "object_removals DELETE",
        "object_scans SELECT",
        "object_scans DELETE",
        "refresh_tokens SELECT expires_at",
        "request_days SELECT day",
        "resumable_uploads SELECT expires_at",
        "roles SELECT parent_id",
        "roles UPDATE parent_id",
        "sessions SELECT created_at expires_at revoked_at",
        "sign_in_attempts SELECT last_at",
        "tenants SELECT id name slug custom_domain custom_domain_verified_at subscription_tier is_active registration verification_required metadata created_at updated_at mail_on_new_device"
            + " allowed_origins deleted_at sender_address sender_name session_days session_idle_days rate_limit_per_minute erasing_at audit_anchor erasure_attempts erasure_failed_at erasure_reason erasure_next_at",
        "tenants UPDATE erasing_at erasure_attempts erasure_failed_at erasure_reason erasure_next_at",
        "tenants DELETE",
    ];

    /// <summary>
    /// The policies that show rows to the role, besides <see cref="TenantPolicy.PurgeName"/> of the tables of tenants.
    /// </summary>
    private static readonly string[] Policies =
    [
        "file_uploads doors_sweep",
        "idempotency_keys doors_sweep",
        "mail_requests doors_take",
        "mailed_tokens doors_sweep",
        "message_counts doors_sweep",
        "notification_logs doors_queue",
        "notification_logs doors_read_mailbox",
        "notification_logs doors_sweep",
        "refresh_tokens doors_sweep",
        "request_days doors_sweep",
        "resumable_uploads doors_sweep",
        "sessions doors_sweep",
        "sign_in_attempts doors_sweep",
        "tenants doors_erase",
        "tenants doors_purge",
        "tenants doors_read",
    ];

    /// <summary>As PostgreSQL prints them. They apply to the functions whatever their arguments are.</summary>
    private static readonly (string Policy, string Command, string Expression)[] ErasureLimits =
    [
        (
            "erasure_begins",
            "UPDATE",
            "((CURRENT_USER <> 'tenantry_doors'::name) OR ((deleted_at <= (now() - tenant_grace())) AND (NOT is_active) AND (slug <> 'platform'::text)))"
        ),
        (
            "erasure_ends",
            "DELETE",
            "((CURRENT_USER <> 'tenantry_doors'::name) OR ((erasing_at IS NOT NULL) AND (deleted_at <= (now() - tenant_grace())) AND (NOT is_active) AND (slug <> 'platform'::text)))"
        ),
    ];

    private static string Role => TenantPolicy.CrossTenantRole;

    public static async Task<List<string>> Run(NpgsqlConnection connection, IModel model, CancellationToken cancel)
    {
        var tenantTables = model
            .GetEntityTypes()
            .Where(entity => typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
            .Select(entity => entity.GetTableName()!)
            .ToHashSet(StringComparer.Ordinal);
        var findings = await RoleFindings(connection, cancel);
        findings.AddRange(await GrantFindings(connection, tenantTables, cancel));
        findings.AddRange(await PolicyFindings(connection, tenantTables, cancel));
        return findings;
    }

    private static async Task<List<string>> RoleFindings(NpgsqlConnection connection, CancellationToken cancel)
    {
        return await connection.ReadLines(
            """
            SELECT 'has role attributes that it must not have', 'ALTER ROLE tenantry_doors NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOLOGIN'
            FROM pg_roles r WHERE r.rolname = @role AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolcanlogin)
            UNION ALL
            SELECT 'is a member of ' || g.rolname, format('REVOKE %I FROM tenantry_doors', g.rolname)
            FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = @role
            UNION ALL
            SELECT 'may create objects in schema ' || n.nspname, format('REVOKE CREATE ON SCHEMA %I FROM tenantry_doors, PUBLIC', n.nspname)
            FROM pg_namespace n WHERE n.nspname <> 'audit_months' AND n.nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(@role, n.oid, 'CREATE')
            UNION ALL
            SELECT 'may create schemas or temporary tables in the database', format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM tenantry_doors, PUBLIC', current_database())
            WHERE has_database_privilege(@role, current_database(), 'CREATE, TEMPORARY')
            UNION ALL
            SELECT 'owns ' || c.oid::regclass, format('ALTER TABLE %s OWNER TO the owner of the schema', c.oid::regclass)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relowner = to_regrole(@role) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname <> 'audit_months' AND c.oid <> to_regclass('public.audit_events')
            """,
            row => $"The cross-tenant role {Role} {row.GetString(0)}. Fix: {row.GetString(1)}",
            cancel,
            new NpgsqlParameter("role", Role)
        );
    }

    private static async Task<List<string>> GrantFindings(
        NpgsqlConnection connection,
        HashSet<string> tenantTables,
        CancellationToken cancel
    )
    {
        const string sql = """
            SELECT c.oid::regclass::text, a.privilege_type, NULL FROM pg_class c, aclexplode(c.relacl) a
            WHERE a.grantee = to_regrole(@role) AND c.relowner <> a.grantee AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL
            SELECT c.oid::regclass::text, a.privilege_type, t.attname FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
            WHERE a.grantee = to_regrole(@role) AND c.relowner <> a.grantee
            ORDER BY 1, 2, 3
            """;
        var listed = Grants
            .Select(line => line.Split(' '))
            .ToDictionary(parts => $"{parts[0]} {parts[1]}", parts => parts[2..], StringComparer.Ordinal);
        var findings = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new("role", Role) } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (table, right, column) = (reader.GetString(0), reader.GetString(1), reader.GetStringOrNull(2));
            var isListed =
                listed.TryGetValue($"{table} {right}", out var columns)
                && (columns.Length == 0 || (column is not null && columns.Contains(column, StringComparer.Ordinal)));
            var isForErasure =
                tenantTables.Contains(table)
                && (column is null ? right == "DELETE" : right == "SELECT" && column is "ctid" or "tenant_id");
            if (isListed || isForErasure)
                continue;
            var privilege = column is null ? right : $"{right} ({column})";
            findings.Add(
                $"The cross-tenant role {Role} has {privilege} on {table}, which no cross-tenant function needs. Fix: REVOKE {privilege} ON {table} FROM {Role}"
            );
        }
        return findings;
    }

    private static async Task<List<string>> PolicyFindings(
        NpgsqlConnection connection,
        HashSet<string> tenantTables,
        CancellationToken cancel
    )
    {
        const string sql = """
            SELECT c.relname, p.polname, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), CASE p.polcmd WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE p.polcmd::text END
            FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
            WHERE to_regrole(@role) = ANY (p.polroles) AND c.relnamespace = 'public'::regnamespace
            ORDER BY c.relname, p.polname
            """;
        var (findings, missing) = (new List<string>(), ErasureLimits.ToList());
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new("role", Role) } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (table, policy, expression) = (reader.GetString(0), reader.GetString(1), reader.GetStringOrNull(3));
            if (!reader.GetBoolean(2))
                missing.RemoveAll(limit => table == "tenants" && limit == (policy, reader.GetString(4), expression));
            else if (
                policy == TenantPolicy.PurgeName && tenantTables.Contains(table)
                    ? !IsLimitedToDeletedTenants(expression)
                    : !Policies.Contains($"{table} {policy}", StringComparer.Ordinal)
            )
                findings.Add(
                    $"Policy {policy} of table {table} shows {Role} rows that no cross-tenant function needs. Fix: DROP POLICY {policy} ON {table}{(policy == TenantPolicy.PurgeName ? "; " + TenantPolicy.Purge(table) : "")}"
                );
        }
        findings.AddRange(
            missing.Select(limit =>
                $"Policy {limit.Policy} of table tenants is missing or altered: it prevents the erasure of a tenant before its grace period ends. Fix: DROP POLICY IF EXISTS {limit.Policy} ON tenants; CREATE POLICY {limit.Policy} ON tenants AS RESTRICTIVE FOR {limit.Command} TO {Role} USING {limit.Expression}"
            )
        );
        return findings;
    }

    private static bool IsLimitedToDeletedTenants(string? printed) =>
        printed is not null
        && string.Join(' ', printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            == "(tenant_id IN ( SELECT tenants.id FROM tenants WHERE (tenants.deleted_at IS NOT NULL)))";
}
