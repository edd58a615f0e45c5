using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks that foreign keys include the tenant. PostgreSQL checks foreign keys without row-level security, so a key
/// without the tenant could reference another tenant's row.
/// </summary>
internal static class ForeignKeyCheck
{
    private const string TablesWithoutTenant = """
        SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE p.polname = @policy AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants'
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = 'public.tenants'::regclass)
        ORDER BY c.relname
        """;

    private const string KeysWithoutTenant = """
        SELECT c.conname, f.relname, t.relname
        FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
        WHERE c.contype = 'f'
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
          AND NOT EXISTS (SELECT FROM pg_attribute a JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place) ON k.attnum = a.attnum
                          JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = c.confkey[k.place]
                          WHERE a.attrelid = f.oid AND a.attname = 'tenant_id' AND b.attname = 'tenant_id')
        """;

    public static async Task<List<string>> Run(NpgsqlConnection connection, CancellationToken cancel) =>
        [
            .. await connection.ReadLines(
                TablesWithoutTenant,
                row =>
                    $"Table {row.GetString(0)} has no foreign key to tenants: its rows could belong to no tenant. Fix: ALTER TABLE {row.GetString(0)} ADD FOREIGN KEY (tenant_id) REFERENCES tenants",
                cancel,
                new NpgsqlParameter("policy", TenantPolicy.Name)
            ),
            .. await connection.ReadLines(
                KeysWithoutTenant,
                row =>
                    $"Foreign key {row.GetString(0)} from {row.GetString(1)} to {row.GetString(2)} omits tenant_id: a row could reference another tenant's row. Fix: create it over (tenant_id, ...)",
                cancel
            ),
        ];
}
