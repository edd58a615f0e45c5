using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks that the triggers that protect tenants and the audit log are active, and that no other trigger has rights of
/// its own: such a trigger could copy rows to another tenant.
/// </summary>
internal static class TriggerCheck
{
    private const string InactiveTriggers = """
        SELECT x.tab, x.trigger FROM unnest(@tables, @triggers) AS x (tab, trigger)
        WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass('public.' || x.tab) AND t.tgname = x.trigger AND t.tgenabled IN ('O', 'A'))
        """;

    private const string TriggersWithRights = $"""
        SELECT t.tgname, c.relname, r.rolname
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_roles r ON r.oid = p.proowner
        WHERE NOT t.tgisinternal AND p.prosecdef AND c.relnamespace = 'public'::regnamespace
          AND NOT (p.proname = '{DatabaseFunctions.LinkAudit}' AND r.rolname = 'tenantry_doors' AND c.relname = 'audit_events')
        ORDER BY c.relname, t.tgname
        """;

    private static readonly (string Table, string Trigger)[] Required =
    [
        ("tenants", "tenant_keep"),
        ("tenants", "tenant_erased"),
        ("audit_events", "audit_link"),
        ("audit_events", "audit_keep"),
        ("audit_events", "audit_keep_all"),
        ("audit_links", "audit_keep"),
        ("audit_links", "audit_keep_all"),
        ("audit_heads", "audit_keep"),
        ("audit_heads", "audit_keep_all"),
    ];

    public static async Task<List<string>> Run(NpgsqlConnection connection, CancellationToken cancel) =>
        [
            .. await connection.ReadLines(
                InactiveTriggers,
                row =>
                    $"Trigger {row.GetString(1)} of table {row.GetString(0)} is missing or disabled. Fix: ALTER TABLE {row.GetString(0)} ENABLE TRIGGER {row.GetString(1)}, or run 'tenantry migrate', which creates it again",
                cancel,
                new NpgsqlParameter("tables", Required.Select(trigger => trigger.Table).ToArray()),
                new NpgsqlParameter("triggers", Required.Select(trigger => trigger.Trigger).ToArray())
            ),
            .. await connection.ReadLines(
                TriggersWithRights,
                row =>
                    $"Trigger {row.GetString(0)} on {row.GetString(1)} runs with the rights of {row.GetString(2)} and bypasses row-level security. Fix: DROP TRIGGER {row.GetString(0)} ON {row.GetString(1)}",
                cancel
            ),
        ];
}
