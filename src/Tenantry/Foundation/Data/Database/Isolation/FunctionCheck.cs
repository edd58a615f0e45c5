using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>
/// Checks the functions that the serving role may call: a SECURITY DEFINER function must be one of the cross-tenant
/// functions, each of which has a file. Another version that serves beside this one records its own functions.
/// </summary>
internal static class FunctionCheck
{
    // Functions of this product and of the owner of the tables. Functions of an extension, and functions of other
    // roles that have no rights, are not checked.
    private const string CallableByPublic = """
        SELECT p.proname, p.oid::regprocedure::text
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
        WHERE n.nspname IN ('public', 'audit_months') AND p.prorettype <> 'trigger'::regtype
          AND (r.rolname = @crossTenantRole OR p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = to_regclass('public.tenants')))
          AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        ORDER BY 2
        """;

    private const string UnknownWithRights = """
        SELECT p.proname, r.rolname
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')
          AND NOT (p.proname = ANY (@crossTenantFunctions) AND r.rolname = @crossTenantRole)
        ORDER BY p.proname
        """;

    public static async Task<List<string>> Run(NpgsqlConnection connection, CancellationToken cancel)
    {
        var findings = await connection.ReadLines(
            CallableByPublic,
            row =>
                $"Every role of the server may call {row.GetString(0)}, also roles of other applications. Fix: REVOKE EXECUTE ON FUNCTION {row.GetString(1)} FROM PUBLIC",
            cancel,
            new NpgsqlParameter("crossTenantRole", TenantPolicy.CrossTenantRole)
        );
        string[] expected =
        [
            .. SchemaFunctions.CrossTenantNames,
            .. await SchemaFunctions.OfAnotherVersion(connection, cancel),
        ];
        findings.AddRange(
            await connection.ReadLines(
                UnknownWithRights,
                row =>
                    $"Function {row.GetString(0)} runs with the rights of {row.GetString(1)} and is not a cross-tenant function of this version. Fix: REVOKE EXECUTE ON FUNCTION {row.GetString(0)} FROM {TenantPolicy.ServingRole}, PUBLIC",
                cancel,
                new NpgsqlParameter("crossTenantFunctions", expected),
                new NpgsqlParameter("crossTenantRole", TenantPolicy.CrossTenantRole)
            )
        );
        return findings;
    }
}
