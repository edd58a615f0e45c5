using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Asks the live catalogue whether the database still isolates tenants as the model says, and whether the serving role could
/// get around it. The service does not start while anything is wrong: a table that somebody created by hand, a policy
/// dropped during an incident and never put back, a login that was given too much.
/// </summary>
public sealed class IsolationCheck(IDbContextFactory<TenantDb> contexts, NpgsqlDataSource dataSource)
{
    /// <summary>What is wrong, a line each, with the mend. Empty: isolation holds.</summary>
    public Task<IReadOnlyList<string>> Faults(CancellationToken cancel) => Faults(dataSource, cancel);

    /// <summary>What would better be otherwise, a line each, and cannot be mended on every server: it keeps nobody from serving.</summary>
    public async Task<IReadOnlyList<string>> Warnings(CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        return await ServingReach.Warnings(connection, cancel);
    }

    /// <summary>The same of another way to the database.</summary>
    public async Task<IReadOnlyList<string>> Faults(NpgsqlDataSource by, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var connection = await by.OpenConnectionAsync(cancel);
        var faults = new List<string>();
        faults.AddRange(await RoleFaults(connection, cancel));
        faults.AddRange(await TableFaults(connection, db.Model, cancel));
        faults.AddRange(await PolicyFaults(connection, db.Model, cancel));
        faults.AddRange(await ForeignKeyFaults(connection, cancel));
        faults.AddRange(await ViewFaults(connection, cancel));
        faults.AddRange(await FunctionFaults(connection, cancel));
        faults.AddRange(await TriggerFaults(connection, cancel));
        // A superuser is all of what follows, and so is the role that makes backups: one line says it.
        if (faults.Count > 0 && IsAboveAll(faults[0]))
            return faults;
        faults.AddRange(await ServingReach.Faults(connection, cancel));
        faults.AddRange(await CrossTenantRights.Faults(connection, db.Model, cancel));
        return faults;
    }

    private static bool IsAboveAll(string fault) =>
        fault.StartsWith(Superuser, StringComparison.Ordinal) || fault.StartsWith(Backup, StringComparison.Ordinal);

    private const string Superuser = "The serving role can act as the superuser";
    private const string Backup = $"The serving role can act as {TenantPolicy.BackupRole}";

    /// <summary>The serving role and every role it could become.</summary>
    private static async Task<List<string>> RoleFaults(NpgsqlConnection connection, CancellationToken cancel)
    {
        const string sql = """
            SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication,
                   (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')),
                   (SELECT string_agg(n.nspname, ', ' ORDER BY n.nspname) FROM pg_namespace n WHERE n.nspowner = r.oid),
                   (SELECT string_agg(d.datname, ', ') FROM pg_database d WHERE d.datdba = r.oid AND d.datname = current_database()),
                   (SELECT string_agg(p.proname, ', ' ORDER BY p.proname) FROM pg_proc p WHERE p.proowner = r.oid AND r.rolname <> @doors),
                   (SELECT string_agg(n.nspname, ', ' ORDER BY n.nspname) FROM pg_namespace n
                     WHERE n.nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(r.oid, n.oid, 'CREATE')),
                   r.rolname = @doors, r.rolname ~ '^pg_', has_database_privilege(r.oid, current_database(), 'CREATE'), r.rolname = @backup
            FROM pg_roles r
            WHERE pg_has_role(current_user, r.oid, 'MEMBER')
            ORDER BY r.rolsuper DESC, r.rolname = @backup DESC, r.rolname
            """;
        var faults = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new("doors", TenantPolicy.DoorRole), new("backup", TenantPolicy.BackupRole) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var role = reader.GetString(0);
            if (reader.GetBoolean(1))
            {
                // A superuser is a member of every role: the rest would only repeat it.
                return
                [
                    $"{Superuser} {role}, whom no policy binds. Serve with a plain login: 'tenantry database create' makes one.",
                ];
            }
            if (reader.GetBoolean(13))
            {
                // What it may, and through which roles, would only repeat it; and it is to keep that.
                return
                [
                    $"{Backup}, which reads the rows of all tenants, for backups. Mend: REVOKE {role} FROM the role in DATABASE_URL, or serve with the login that 'tenantry database create' made for it",
                ];
            }
            if (reader.GetBoolean(11))
            {
                // They read the server's files, run its programs or see every table: none is needed to serve.
                faults.Add(
                    $"The serving role is a member of {role}, one of PostgreSQL's own that reach past what a role is granted. Mend: REVOKE {role} FROM the role in DATABASE_URL"
                );
                continue;
            }
            if (reader.GetBoolean(12))
                faults.Add(
                    $"The serving role can act as {role}, which may create schemas in the database. Mend: REVOKE CREATE ON DATABASE FROM {role}, PUBLIC"
                );
            if (reader.GetBoolean(2))
                faults.Add(
                    $"The serving role can act as {role}, which has BYPASSRLS. Mend: ALTER ROLE {role} NOBYPASSRLS"
                );
            if (reader.GetBoolean(3))
                faults.Add(
                    $"The serving role can act as {role}, which may create roles and so make itself a member of others. Mend: ALTER ROLE {role} NOCREATEROLE"
                );
            if (reader.GetBoolean(4))
                faults.Add(
                    $"The serving role can act as {role}, which may replicate and so read every row. Mend: ALTER ROLE {role} NOREPLICATION"
                );
            foreach (
                var (column, kind) in new[] { (5, "relations"), (6, "schemas"), (7, "the database"), (8, "functions") }
            )
            {
                if (!reader.IsDBNull(column))
                    faults.Add(
                        $"The serving role can act as {role}, the owner of {kind} ({reader.GetString(column)}); an owner can switch row-level security off. Mend: serve with a role that owns nothing"
                    );
            }
            if (!reader.IsDBNull(9))
                faults.Add(
                    $"The serving role can act as {role}, which may create objects in schema {reader.GetString(9)}. Mend: REVOKE CREATE ON SCHEMA {reader.GetString(9)} FROM {role}, PUBLIC"
                );
            if (reader.GetBoolean(10))
                faults.Add(
                    $"The serving role is a member of {role}, which sees all tenants. Mend: REVOKE {role} FROM the role in DATABASE_URL"
                );
        }
        return faults;
    }

    /// <summary>Every table of the model stands as the model says, and no other can be reached.</summary>
    private static async Task<List<string>> TableFaults(
        NpgsqlConnection connection,
        IModel model,
        CancellationToken cancel
    )
    {
        const string sql = """
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
        var expected = model
            .GetEntityTypes()
            .ToDictionary(entity => entity.GetTableName()!, TenantColumn, StringComparer.Ordinal);
        var grants = model
            .GetEntityTypes()
            .ToDictionary(
                entity => entity.GetTableName()!,
                entity => ((string)entity[OwnershipConvention.Grants]!).Split(", "),
                StringComparer.Ordinal
            );
        grants[DatabaseServices.MigrationHistory] = ["SELECT"];
        var found = new HashSet<string>(StringComparer.Ordinal);
        var faults = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            // A table of the same name in another schema is another table.
            var table = reader.GetBoolean(7) ? reader.GetString(0) : "another schema's " + reader.GetString(0);
            found.Add(table);
            var more = reader
                .GetFieldValue<string[]>(8)
                .Except(grants.GetValueOrDefault(table) ?? [], StringComparer.Ordinal)
                .ToList();
            if (more.Count > 0 && grants.ContainsKey(table))
                faults.Add(
                    $"The serving role may {string.Join(", ", more)} {table}, which it has no need to. Mend: REVOKE {string.Join(", ", more)} ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC"
                );
            if (reader.GetBoolean(5))
                faults.Add(
                    $"The serving role may TRUNCATE {table}, refer to it or put triggers on it, which row-level security does not hold. Mend: REVOKE TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC"
                );
            if (!expected.TryGetValue(table, out var tenantColumn))
            {
                if (table != DatabaseServices.MigrationHistory && reader.GetBoolean(4))
                    faults.Add(
                        $"The serving role reaches table {table}, which the model does not know{(reader.GetBoolean(6) ? " and which has a tenant_id" : "")}. Mend: REVOKE ALL ON {table} FROM {TenantPolicy.ServingRole}, PUBLIC"
                    );
                continue;
            }
            if (tenantColumn is null)
                continue;
            if (!reader.GetBoolean(1))
                faults.Add(
                    $"Table {table} has row-level security switched off. Mend: ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
                );
            if (!reader.GetBoolean(2))
                faults.Add(
                    $"Table {table} does not force row-level security on its owner. Mend: ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
                );
            if (reader.IsDBNull(3) || reader.GetString(3) != tenantColumn)
                faults.Add(
                    $"The key of table {table} does not begin with {tenantColumn}. Mend: restore the primary key that the migrations made"
                );
        }
        faults.AddRange(
            expected
                .Keys.Where(table => !found.Contains(table))
                .Select(table => $"Table {table} is missing. Mend: tenantry migrate")
        );
        return faults;
    }

    /// <summary>Policies that allow are joined with OR: one too many is a hole as wide as one missing.</summary>
    private static async Task<List<string>> PolicyFaults(
        NpgsqlConnection connection,
        IModel model,
        CancellationToken cancel
    )
    {
        const string sql = """
            SELECT c.relname, p.polname, p.polpermissive, p.polcmd = '*', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
                   p.polroles = '{0}'::oid[], p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = @doors)]
            FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
            WHERE c.relnamespace = 'public'::regnamespace
            ORDER BY c.relname, p.polname
            """;
        var missing = model
            .GetEntityTypes()
            .Where(entity => TenantColumn(entity) is not null)
            .ToDictionary(entity => entity.GetTableName()!, entity => TenantColumn(entity)!, StringComparer.Ordinal);
        var expected = missing.ToDictionary(StringComparer.Ordinal);
        var faults = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new("doors", TenantPolicy.DoorRole) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (table, policy) = (reader.GetString(0), reader.GetString(1));
            if (!expected.TryGetValue(table, out var column))
                continue;
            var using_ = reader.GetStringOrNull(4);
            var check = reader.GetStringOrNull(5);
            var isOurs =
                reader.GetBoolean(2)
                && reader.GetBoolean(3)
                && reader.GetBoolean(6)
                && TenantPolicy.IsSame(using_, column)
                && TenantPolicy.IsSame(check, column);
            var isDoor = !reader.IsDBNull(7) && reader.GetBoolean(7);
            if (isOurs)
                missing.Remove(table);
            else if (policy == TenantPolicy.Name)
                faults.Add(
                    $"Policy {policy} of table {table} is not the one that the model makes. Mend: DROP POLICY {policy} ON {table}; {Create(table, column)}"
                );
            else if (reader.GetBoolean(2) && !isDoor)
                faults.Add(
                    $"Table {table} has a second permissive policy, {policy}, which adds to what a tenant sees. Mend: DROP POLICY {policy} ON {table}"
                );
        }
        faults.AddRange(
            missing.Select(table =>
                $"Table {table.Key} has no policy that keeps tenants apart. Mend: {Create(table.Key, table.Value)}"
            )
        );
        return faults;
    }

    private static string Create(string table, string column) =>
        $"CREATE POLICY {TenantPolicy.Name} ON {table} USING ({TenantPolicy.Expression(column)}) WITH CHECK ({TenantPolicy.Expression(column)})";

    /// <summary>PostgreSQL checks foreign keys past row-level security.</summary>
    private static async Task<List<string>> ForeignKeyFaults(NpgsqlConnection connection, CancellationToken cancel)
    {
        const string sql = """
            SELECT c.conname, f.relname, t.relname
            FROM pg_constraint c JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
            WHERE c.contype = 'f'
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = f.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
              AND NOT EXISTS (SELECT FROM pg_attribute a JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place) ON k.attnum = a.attnum
                              JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = c.confkey[k.place]
                              WHERE a.attrelid = f.oid AND a.attname = 'tenant_id' AND b.attname = 'tenant_id')
            """;
        const string withoutTenant = """
            SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
            WHERE p.polname = @policy AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants'
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = 'public.tenants'::regclass)
            ORDER BY c.relname
            """;
        var loose = await Lines(
            connection,
            withoutTenant,
            row =>
                $"Table {row.GetString(0)} does not refer to tenants: its rows could belong to nobody. Mend: ALTER TABLE {row.GetString(0)} ADD FOREIGN KEY (tenant_id) REFERENCES tenants",
            cancel,
            new NpgsqlParameter("policy", TenantPolicy.Name)
        );
        return
        [
            .. loose,
            .. await Lines(
                connection,
                sql,
                row =>
                    $"Foreign key {row.GetString(0)} from {row.GetString(1)} to {row.GetString(2)} leaves out tenant_id: a row could point into another tenant. Mend: make it over (tenant_id, ...)",
                cancel
            ),
        ];
    }

    /// <summary>A trigger with rights of its own could carry rows elsewhere. Ours have none, but for the one that links the audit log. Those that keep logs and tenants have to be there.</summary>
    private static async Task<List<string>> TriggerFaults(NpgsqlConnection connection, CancellationToken cancel)
    {
        var faults = await Lines(
            connection,
            """
            SELECT x.tab, x.trigger FROM unnest(@tables, @triggers) AS x (tab, trigger)
            WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass('public.' || x.tab) AND t.tgname = x.trigger AND t.tgenabled IN ('O', 'A'))
            """,
            row =>
                $"Trigger {row.GetString(1)} of table {row.GetString(0)} is missing or switched off. Mend: ALTER TABLE {row.GetString(0)} ENABLE TRIGGER {row.GetString(1)}, or run 'tenantry migrate', which makes it again",
            cancel,
            new NpgsqlParameter("tables", Kept.Select(one => one.Table).ToArray()),
            new NpgsqlParameter("triggers", Kept.Select(one => one.Trigger).ToArray())
        );
        faults.AddRange(await TriggersWithRights(connection, cancel));
        return faults;
    }

    private static readonly (string Table, string Trigger)[] Kept =
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

    private static Task<List<string>> TriggersWithRights(NpgsqlConnection connection, CancellationToken cancel) =>
        Lines(
            connection,
            $"""
            SELECT t.tgname, c.relname, r.rolname
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_roles r ON r.oid = p.proowner
            WHERE NOT t.tgisinternal AND p.prosecdef AND c.relnamespace = 'public'::regnamespace
              AND NOT (p.proname = '{DatabaseFunctions.LinkAudit}' AND r.rolname = 'tenantry_doors' AND c.relname = 'audit_events')
            ORDER BY c.relname, t.tgname
            """,
            row =>
                $"Trigger {row.GetString(0)} on {row.GetString(1)} runs with the rights of {row.GetString(2)}, past row-level security. Mend: DROP TRIGGER {row.GetString(0)} ON {row.GetString(1)}",
            cancel
        );

    /// <summary>A plain view reads with its owner's rights; a materialized one holds everybody's rows.</summary>
    private static async Task<List<string>> ViewFaults(NpgsqlConnection connection, CancellationToken cancel)
    {
        const string sql = """
            SELECT c.relname, c.relkind = 'm'
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND (has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE'))
              AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)))
            ORDER BY c.relname
            """;
        return await Lines(
            connection,
            sql,
            row =>
                row.GetBoolean(1)
                    ? $"The serving role reads the materialized view {row.GetString(0)}, which no policy covers. Mend: REVOKE ALL ON {row.GetString(0)} FROM {TenantPolicy.ServingRole}, PUBLIC"
                    : $"View {row.GetString(0)} reads with its owner's rights, past row-level security. Mend: ALTER VIEW {row.GetString(0)} SET (security_invoker = true)",
            cancel
        );
    }

    /// <summary>A SECURITY DEFINER function is a cross-tenant function; each one has a file. Those of another version that serves beside this one are noted by it.</summary>
    private static async Task<List<string>> FunctionFaults(NpgsqlConnection connection, CancellationToken cancel)
    {
        const string sql = """
            SELECT p.proname, r.rolname
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')
              AND NOT (p.proname = ANY (@doors) AND r.rolname = @doorRole)
            ORDER BY p.proname
            """;
        // Of ours, and of whoever owns the tables; what an extension brings, or somebody's own function without rights, is theirs.
        const string everybodys = """
            SELECT p.proname, p.oid::regprocedure::text
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
            WHERE n.nspname IN ('public', 'audit_months') AND p.prorettype <> 'trigger'::regtype
              AND (r.rolname = @doorRole OR p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = to_regclass('public.tenants')))
              AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
            ORDER BY 2
            """;
        var faults = await Lines(
            connection,
            everybodys,
            row =>
                $"Everybody may call {row.GetString(0)}, also who has nothing to do with this product. Mend: REVOKE EXECUTE ON FUNCTION {row.GetString(1)} FROM PUBLIC",
            cancel,
            new NpgsqlParameter("doorRole", TenantPolicy.DoorRole)
        );
        string[] known =
        [
            .. SchemaFunctions.CrossTenantNames,
            .. await SchemaFunctions.OfAnotherVersion(connection, cancel),
        ];
        faults.AddRange(
            await Lines(
                connection,
                sql,
                row =>
                    $"Function {row.GetString(0)} runs with the rights of {row.GetString(1)} and is no cross-tenant function that this version knows. Mend: REVOKE EXECUTE ON FUNCTION {row.GetString(0)} FROM {TenantPolicy.ServingRole}, PUBLIC",
                cancel,
                new NpgsqlParameter("doors", known),
                new NpgsqlParameter("doorRole", TenantPolicy.DoorRole)
            )
        );
        return faults;
    }

    internal static async Task<List<string>> Lines(
        NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, string> line,
        CancellationToken cancel,
        params NpgsqlParameter[] parameters
    )
    {
        var lines = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            lines.Add(line(reader));
        return lines;
    }

    private static string? TenantColumn(IEntityType entity) =>
        entity.FindAnnotation(OwnershipConvention.TenantProperty)?.Value is string property
            ? entity.FindProperty(property)!.GetColumnName()
            : null;
}

/// <summary>The service will not start: tenants could see each other.</summary>
public sealed class IsolationBrokenException(IReadOnlyList<string> faults)
    : Exception(
        "The database does not keep tenants apart, so the service will not start:\n"
            + string.Join('\n', faults.Select(fault => "  - " + fault))
    );
