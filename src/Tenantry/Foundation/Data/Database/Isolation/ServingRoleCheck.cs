using Npgsql;

namespace Tenantry.Foundation.Data.Database.Isolation;

/// <summary>Checks the serving role and every role that it can become: attributes, ownership and memberships.</summary>
internal static class ServingRoleCheck
{
    private const string ReachableRoles = """
        SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication,
               (SELECT string_agg(c.relname, ', ' ORDER BY c.relname) FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')),
               (SELECT string_agg(n.nspname, ', ' ORDER BY n.nspname) FROM pg_namespace n WHERE n.nspowner = r.oid),
               (SELECT string_agg(d.datname, ', ') FROM pg_database d WHERE d.datdba = r.oid AND d.datname = current_database()),
               (SELECT string_agg(p.proname, ', ' ORDER BY p.proname) FROM pg_proc p WHERE p.proowner = r.oid AND r.rolname <> @crossTenantRole),
               (SELECT string_agg(n.nspname, ', ' ORDER BY n.nspname) FROM pg_namespace n
                 WHERE n.nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(r.oid, n.oid, 'CREATE')),
               r.rolname = @crossTenantRole, r.rolname ~ '^pg_', has_database_privilege(r.oid, current_database(), 'CREATE'), r.rolname = @backup
        FROM pg_roles r
        WHERE pg_has_role(current_user, r.oid, 'MEMBER')
        ORDER BY r.rolsuper DESC, r.rolname = @backup DESC, r.rolname
        """;

    /// <returns>
    /// The findings, and whether the role is unrestricted: a superuser, or a member of the backup role. Further
    /// findings about its privileges would only repeat that.
    /// </returns>
    public static async Task<(List<string> Findings, bool IsUnrestricted)> Run(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var findings = new List<string>();
        await using var command = new NpgsqlCommand(ReachableRoles, connection)
        {
            Parameters =
            {
                new("crossTenantRole", TenantPolicy.CrossTenantRole),
                new("backup", TenantPolicy.BackupRole),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (Unrestricted(reader) is { } finding)
                return ([finding], true);
            findings.AddRange(Of(reader));
        }
        return (findings, false);
    }

    /// <summary>These roles are first in the result.</summary>
    private static string? Unrestricted(NpgsqlDataReader row)
    {
        var role = row.GetString(0);
        // A superuser is a member of every role.
        if (row.GetBoolean(1))
            return $"The serving role can act as the superuser {role}, whom no policy restricts. Fix: serve with a login without privileges; 'tenantry database create' creates one.";
        // The backup role keeps its rights: only the membership is wrong.
        if (row.GetBoolean(13))
            return $"The serving role can act as {role}, which reads the rows of all tenants for backups. Fix: REVOKE {role} FROM the role in DATABASE_URL, or serve with the login that 'tenantry database create' created for it";
        return null;
    }

    private static IEnumerable<string> Of(NpgsqlDataReader row)
    {
        var role = row.GetString(0);
        if (row.GetBoolean(11))
        {
            // They read files of the server, run programs on it, or see every table. Serving needs none of them.
            yield return $"The serving role is a member of {role}, a predefined role of PostgreSQL whose rights exceed grants on tables. Fix: REVOKE {role} FROM the role in DATABASE_URL";
            yield break;
        }
        if (row.GetBoolean(12))
            yield return $"The serving role can act as {role}, which may create schemas in the database. Fix: REVOKE CREATE ON DATABASE FROM {role}, PUBLIC";
        if (row.GetBoolean(2))
            yield return $"The serving role can act as {role}, which has BYPASSRLS. Fix: ALTER ROLE {role} NOBYPASSRLS";
        if (row.GetBoolean(3))
            yield return $"The serving role can act as {role}, which may create roles and so become a member of others. Fix: ALTER ROLE {role} NOCREATEROLE";
        if (row.GetBoolean(4))
            yield return $"The serving role can act as {role}, which may replicate and so read every row. Fix: ALTER ROLE {role} NOREPLICATION";
        foreach (
            var (column, kind) in new[] { (5, "relations"), (6, "schemas"), (7, "the database"), (8, "functions") }
        )
        {
            if (!row.IsDBNull(column))
                yield return $"The serving role can act as {role}, the owner of {kind} ({row.GetString(column)}); an owner can disable row-level security. Fix: serve with a role that owns nothing";
        }
        if (!row.IsDBNull(9))
            yield return $"The serving role can act as {role}, which may create objects in schema {row.GetString(9)}. Fix: REVOKE CREATE ON SCHEMA {row.GetString(9)} FROM {role}, PUBLIC";
        if (row.GetBoolean(10))
            yield return $"The serving role is a member of {role}, which sees all tenants. Fix: REVOKE {role} FROM the role in DATABASE_URL";
    }
}
