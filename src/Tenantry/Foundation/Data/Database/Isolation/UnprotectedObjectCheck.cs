using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks what the serving role can access besides tables and functions of this product. Row-level security does not
/// cover it: a large object, a temporary table or another server could carry rows from one tenant to another.
/// </summary>
internal static class UnprotectedObjectCheck
{
    /// <summary>
    /// The functions that PUBLIC may call in a new database. PostgreSQL itself withholds those that access files of the
    /// server (<c>lo_import</c>, <c>lo_export</c>).
    /// </summary>
    private static readonly string[] OpenByDefault = ["lo_creat", "lo_create", "lo_from_bytea"];

    private static string From => $"FROM {TenantPolicy.ServingRole}, PUBLIC";

    public static async Task<List<string>> Run(NpgsqlConnection connection, CancellationToken cancel)
    {
        var functions = await LargeObjectFunctions(connection, cancel);
        var findings = HasDefaultGrants(functions)
            ? []
            : functions
                .Where(function => function.MayCall)
                .Select(function =>
                    $"The serving role may create large objects ({function.Name}), which no policy covers. Fix: REVOKE EXECUTE ON FUNCTION {function.Signature} {From}"
                )
                .ToList();
        findings.AddRange(await LargeObjects(connection, cancel));
        findings.AddRange(await TemporaryTables(connection, cancel));
        findings.AddRange(await Languages(connection, cancel));
        findings.AddRange(await OtherServers(connection, cancel));
        return findings;
    }

    /// <summary>
    /// Default grants of PostgreSQL that only a superuser can revoke. The operator of a managed PostgreSQL may have no
    /// superuser, so they do not prevent the start. An altered grant proves that a superuser exists: then the remaining
    /// ones are findings.
    /// </summary>
    public static async Task<List<string>> Warnings(NpgsqlConnection connection, CancellationToken cancel)
    {
        var functions = await LargeObjectFunctions(connection, cancel);
        return
            HasDefaultGrants(functions)
            && functions.Where(function => function.MayCall).Select(function => function.Signature).ToList()
                is { Count: > 0 } open
            ?
            [
                $"The serving role may create large objects, which no policy covers: PostgreSQL allows it to every role by default. Fix, if you have a superuser, in this database: REVOKE EXECUTE ON FUNCTION {string.Join(", ", open)} FROM PUBLIC",
            ]
            : [];
    }

    private static bool HasDefaultGrants(List<LargeObjectFunction> functions) =>
        functions.All(function =>
            OpenByDefault.Contains(function.Name, StringComparer.Ordinal) ? function.HasDefaultGrant : !function.MayCall
        );

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

    private sealed record LargeObjectFunction(string Name, string Signature, bool HasDefaultGrant, bool MayCall);

    /// <summary>
    /// The product uses no large objects: an accessible one could have been created to carry rows out.
    /// </summary>
    private static Task<List<string>> LargeObjects(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ReadLines(
            """
            SELECT m.oid::text FROM pg_largeobject_metadata m
            WHERE pg_has_role(m.lomowner, 'MEMBER') OR current_setting('lo_compat_privileges')::boolean
               OR EXISTS (SELECT FROM aclexplode(m.lomacl) a WHERE a.grantee = 0 OR pg_has_role(a.grantee, 'MEMBER'))
            ORDER BY m.oid LIMIT 20
            """,
            row =>
                $"The serving role can access the large object {row.GetString(0)}, which no policy covers. Fix: SELECT lo_unlink({row.GetString(0)})",
            cancel
        );

    /// <summary>
    /// A temporary table stays on its connection, which the next tenant uses, and hides a table of the same name.
    /// </summary>
    private static Task<List<string>> TemporaryTables(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ReadLines(
            "SELECT quote_ident(current_database()) WHERE has_database_privilege(current_database(), 'TEMPORARY')",
            row =>
                $"The serving role may create temporary tables, which hide tables of the same name on a connection that tenants share. Fix: REVOKE TEMPORARY ON DATABASE {row.GetString(0)} {From}",
            cancel
        );

    /// <summary>
    /// SQL and PL/pgSQL run with the rights of their caller. That is unknown of other languages, and untrusted
    /// languages are not restricted at all.
    /// </summary>
    private static async Task<List<string>> Languages(NpgsqlConnection connection, CancellationToken cancel)
    {
        var findings = await connection.ReadLines(
            """
            SELECT quote_ident(l.lanname) FROM pg_language l
            WHERE l.lanpltrusted AND l.lanname NOT IN ('sql', 'plpgsql') AND has_language_privilege(l.oid, 'USAGE') ORDER BY 1
            """,
            row =>
                $"The serving role may create functions in {row.GetString(0)}, which it does not need. Fix: REVOKE USAGE ON LANGUAGE {row.GetString(0)} {From}",
            cancel
        );
        findings.AddRange(
            await connection.ReadLines(
                """
                SELECT p.proname, l.lanname, p.oid::regprocedure::text
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT l.lanpltrusted AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
                ORDER BY 3
                """,
                row =>
                    $"The serving role may call {row.GetString(0)}, which is written in {row.GetString(1)} and runs with the rights of the server process. Fix: REVOKE EXECUTE ON FUNCTION {row.GetString(2)} {From}",
                cancel
            )
        );
        return findings;
    }

    private static async Task<List<string>> OtherServers(NpgsqlConnection connection, CancellationToken cancel)
    {
        var findings = await connection.ReadLines(
            "SELECT quote_ident(w.fdwname) FROM pg_foreign_data_wrapper w WHERE has_foreign_data_wrapper_privilege(w.oid, 'USAGE') ORDER BY 1",
            row =>
                $"The serving role may use the foreign data wrapper {row.GetString(0)}. Fix: REVOKE USAGE ON FOREIGN DATA WRAPPER {row.GetString(0)} {From}",
            cancel
        );
        findings.AddRange(
            await connection.ReadLines(
                "SELECT quote_ident(s.srvname) FROM pg_foreign_server s WHERE has_server_privilege(s.oid, 'USAGE') ORDER BY 1",
                row =>
                    $"The serving role may use the foreign server {row.GetString(0)}, which no policy covers. Fix: REVOKE USAGE ON FOREIGN SERVER {row.GetString(0)} {From}",
                cancel
            )
        );
        findings.AddRange(
            await connection.ReadLines(
                """
                SELECT quote_ident(m.srvname), CASE WHEN m.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END FROM pg_user_mappings m
                WHERE m.umuser = 0 OR pg_has_role(m.umuser, 'MEMBER') ORDER BY 1, 2
                """,
                row =>
                    $"The serving role has a user mapping for the foreign server {row.GetString(0)}. Fix: DROP USER MAPPING FOR {row.GetString(1)} SERVER {row.GetString(0)}",
                cancel
            )
        );
        return findings;
    }
}
