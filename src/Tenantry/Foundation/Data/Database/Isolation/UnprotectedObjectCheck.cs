using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// What the serving role reaches beside tables and functions of this product. Row-level security holds none of it: a large object, a temporary table or
/// another server would carry rows from one tenant to the next.
/// </summary>
internal static class ServingReach
{
    /// <summary>Those that everybody may call as PostgreSQL comes; of the files of the server (<c>lo_import</c>, <c>lo_export</c>) it lets nobody.</summary>
    private static readonly string[] OpenByDefault = ["lo_creat", "lo_create", "lo_from_bytea"];

    private static string From => $"FROM {TenantPolicy.ServingRole}, PUBLIC";

    public static async Task<List<string>> Faults(NpgsqlConnection connection, CancellationToken cancel)
    {
        var functions = await LargeObjectFunctions(connection, cancel);
        var faults = IsAsItComes(functions)
            ? []
            : functions
                .Where(one => one.MayCall)
                .Select(one =>
                    $"The serving role may make large objects ({one.Name}), which no policy covers. Mend: REVOKE EXECUTE ON FUNCTION {one.Signature} {From}"
                )
                .ToList();
        faults.AddRange(await LargeObjects(connection, cancel));
        faults.AddRange(await TemporaryTables(connection, cancel));
        faults.AddRange(await Languages(connection, cancel));
        faults.AddRange(await OtherServers(connection, cancel));
        return faults;
    }

    /// <summary>
    /// What only a superuser of the server can mend, which the operator of a managed PostgreSQL may not have: grants of PostgreSQL's own that nobody ever touched. It is told, and keeps nobody
    /// from serving. Once somebody has altered one of them there is such a superuser, and the rest is a fault.
    /// </summary>
    public static async Task<List<string>> Warnings(NpgsqlConnection connection, CancellationToken cancel)
    {
        var functions = await LargeObjectFunctions(connection, cancel);
        return
            IsAsItComes(functions)
            && functions.Where(one => one.MayCall).Select(one => one.Signature).ToList() is { Count: > 0 } open
            ?
            [
                $"The serving role may make large objects, which no policy covers, as everybody may where PostgreSQL is as it comes. Mend, as a superuser in this database, if there is one: REVOKE EXECUTE ON FUNCTION {string.Join(", ", open)} FROM PUBLIC",
            ]
            : [];
    }

    private static bool IsAsItComes(List<LargeObjectFunction> functions) =>
        functions.All(one => OpenByDefault.Contains(one.Name, StringComparer.Ordinal) ? one.IsUntouched : !one.MayCall);

    private static async Task<List<LargeObjectFunction>> LargeObjectFunctions(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT p.proname, replace(p.oid::regprocedure::text, 'pg_catalog.', ''), p.proacl IS NULL, has_function_privilege(p.oid, 'EXECUTE')
            FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY (@names) ORDER BY 2
            """,
            connection
        )
        {
            Parameters = { new("names", OpenByDefault.Append("lo_import").Append("lo_export").ToArray()) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var functions = new List<LargeObjectFunction>();
        while (await reader.ReadAsync(cancel))
            functions.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        return functions;
    }

    private sealed record LargeObjectFunction(string Name, string Signature, bool IsUntouched, bool MayCall);

    /// <summary>The product has none: one that is there and can be reached was put there to carry something.</summary>
    private static Task<List<string>> LargeObjects(NpgsqlConnection connection, CancellationToken cancel) =>
        IsolationCheck.Lines(
            connection,
            """
            SELECT m.oid::text FROM pg_largeobject_metadata m
            WHERE pg_has_role(m.lomowner, 'MEMBER') OR current_setting('lo_compat_privileges')::boolean
               OR EXISTS (SELECT FROM aclexplode(m.lomacl) a WHERE a.grantee = 0 OR pg_has_role(a.grantee, 'MEMBER'))
            ORDER BY m.oid LIMIT 20
            """,
            row =>
                $"The serving role reaches the large object {row.GetString(0)}, which no policy covers. Mend: SELECT lo_unlink({row.GetString(0)})",
            cancel
        );

    /// <summary>They stay on a connection that the next tenant gets, and a name finds them before a table of the same name.</summary>
    private static Task<List<string>> TemporaryTables(NpgsqlConnection connection, CancellationToken cancel) =>
        IsolationCheck.Lines(
            connection,
            "SELECT quote_ident(current_database()) WHERE has_database_privilege(current_database(), 'TEMPORARY')",
            row =>
                $"The serving role may make temporary tables, which stand before others of their name on a connection that tenants share. Mend: REVOKE TEMPORARY ON DATABASE {row.GetString(0)} {From}",
            cancel
        );

    /// <summary>SQL and PL/pgSQL do only what their caller may. Of others, and of functions in a language that PostgreSQL does not confine, that is not known.</summary>
    private static async Task<List<string>> Languages(NpgsqlConnection connection, CancellationToken cancel)
    {
        var faults = await IsolationCheck.Lines(
            connection,
            """
            SELECT quote_ident(l.lanname) FROM pg_language l
            WHERE l.lanpltrusted AND l.lanname NOT IN ('sql', 'plpgsql') AND has_language_privilege(l.oid, 'USAGE') ORDER BY 1
            """,
            row =>
                $"The serving role may write functions in {row.GetString(0)}, which it has no need to. Mend: REVOKE USAGE ON LANGUAGE {row.GetString(0)} {From}",
            cancel
        );
        faults.AddRange(
            await IsolationCheck.Lines(
                connection,
                """
                SELECT p.proname, l.lanname, p.oid::regprocedure::text
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT l.lanpltrusted AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
                ORDER BY 3
                """,
                row =>
                    $"The serving role may call {row.GetString(0)}, which is written in {row.GetString(1)} and does as the server may. Mend: REVOKE EXECUTE ON FUNCTION {row.GetString(2)} {From}",
                cancel
            )
        );
        return faults;
    }

    private static async Task<List<string>> OtherServers(NpgsqlConnection connection, CancellationToken cancel)
    {
        var faults = await IsolationCheck.Lines(
            connection,
            "SELECT quote_ident(w.fdwname) FROM pg_foreign_data_wrapper w WHERE has_foreign_data_wrapper_privilege(w.oid, 'USAGE') ORDER BY 1",
            row =>
                $"The serving role may use the foreign data wrapper {row.GetString(0)}. Mend: REVOKE USAGE ON FOREIGN DATA WRAPPER {row.GetString(0)} {From}",
            cancel
        );
        faults.AddRange(
            await IsolationCheck.Lines(
                connection,
                "SELECT quote_ident(s.srvname) FROM pg_foreign_server s WHERE has_server_privilege(s.oid, 'USAGE') ORDER BY 1",
                row =>
                    $"The serving role may use the foreign server {row.GetString(0)}, where no policy of ours holds. Mend: REVOKE USAGE ON FOREIGN SERVER {row.GetString(0)} {From}",
                cancel
            )
        );
        faults.AddRange(
            await IsolationCheck.Lines(
                connection,
                """
                SELECT quote_ident(m.srvname), CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END FROM pg_user_mappings m
                WHERE m.umuser = 0 OR pg_has_role(m.umuser, 'MEMBER') ORDER BY 1, 2
                """,
                row =>
                    $"The serving role has a user mapping for the foreign server {row.GetString(0)}. Mend: DROP USER MAPPING FOR {row.GetString(1)} SERVER {row.GetString(0)}",
                cancel
            )
        );
        return faults;
    }
}
