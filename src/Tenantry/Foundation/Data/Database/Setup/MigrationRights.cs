using Npgsql;

namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>
/// Finds what keeps the owner from migrating, before the first statement: a migration that stops half-way reports
/// one right, and the next try another.
/// </summary>
internal static class MigrationRights
{
    private const string Roles = """
        SELECT n.name FROM unnest($1) WITH ORDINALITY n (name, place)
        WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.name) ORDER BY n.place
        """;

    // SET is an option of a membership from PostgreSQL 16 on.
    private const string Rights = """
        SELECT current_user::text, current_database()::text, pg_is_in_recovery(), current_setting('server_version_num')::integer >= 160000,
               has_database_privilege(current_database(), 'CREATE') OR to_regnamespace('audit_months') IS NOT NULL,
               coalesce(has_schema_privilege(to_regnamespace('public'), 'USAGE WITH GRANT OPTION') AND has_schema_privilege(to_regnamespace('public'), 'CREATE WITH GRANT OPTION'), false),
               (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass($1) AND NOT pg_has_role(relowner, 'USAGE')),
               to_regclass($1) IS NOT NULL, pg_encoding_to_char(encoding)
        FROM pg_database WHERE datname = current_database()
        """;

    private const string Membership =
        "SELECT pg_has_role(current_user, $1::name, 'USAGE') AND pg_has_role(current_user, $1::name, $2)";

    private const string Uses = "SELECT has_schema_privilege($1::name, to_regnamespace('public'), 'USAGE')";

    private const string Foreign = """
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = to_regnamespace('public') AND c.relname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY 1
        """;

    /// <param name="dataSource">Connections of the owner.</param>
    /// <param name="tables">The tables that the first migration creates.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <exception cref="MissingRightsException">A right is missing.</exception>
    public static async Task Demand(NpgsqlDataSource dataSource, IEnumerable<string> tables, CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        var (owner, missing) = await Read(connection, tables, cancel);
        if (missing.Count > 0)
            throw new MissingRightsException(
                owner,
                "migrate the database. 'tenantry database create' gives an owner all rights",
                missing
            );
    }

    private static async Task<(string Owner, List<string> Missing)> Read(
        NpgsqlConnection connection,
        IEnumerable<string> tables,
        CancellationToken cancel
    )
    {
        var missing = new List<string>();
        string owner,
            database;
        bool isMigrated,
            hasSet;
        await using (var command = new NpgsqlCommand(Rights, connection))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = DatabaseServices.MigrationHistory });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            (owner, database, hasSet) = (reader.GetString(0), reader.GetString(1), reader.GetBoolean(3));
            var (named, quoted) = (SetupText.Quote(owner), SetupText.Quote(database));
            if (reader.GetBoolean(2))
                return (owner, ["a server that can be written: this one is a replica"]);
            if (reader.GetString(8) != "UTF8")
                missing.Add($"a database with ENCODING 'UTF8': {database} stores texts as {reader.GetString(8)}");
            if (!reader.GetBoolean(4))
                missing.Add($"GRANT CREATE ON DATABASE {quoted} TO {named}");
            if (!reader.GetBoolean(5))
                missing.Add($"GRANT USAGE, CREATE ON SCHEMA public TO {named} WITH GRANT OPTION");
            if (!reader.IsDBNull(6))
                missing.Add(
                    $"the tables: they belong to {reader.GetString(6)}. Name that role in MIGRATION_DATABASE_URL"
                );
            isMigrated = reader.GetBoolean(7);
        }
        await CheckRoles(connection, owner, hasSet, missing, cancel);
        if (!isMigrated)
        {
            await using var command = new NpgsqlCommand(Foreign, connection);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tables] });
            var taken = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                taken.Add(reader.GetString(0));
            if (taken.Count > 0)
                missing.Add(
                    $"a database without tables of another program: {database} has {string.Join(", ", taken)}. Name an empty one"
                );
        }
        return (owner, missing);
    }

    private static async Task CheckRoles(
        NpgsqlConnection connection,
        string owner,
        bool hasSet,
        List<string> missing,
        CancellationToken cancel
    )
    {
        string[] needed = [TenantPolicy.ServingRole, TenantPolicy.CrossTenantRole];
        var absent = await connection.ReadLines(
            Roles,
            row => row.GetString(0),
            cancel,
            new NpgsqlParameter<string[]> { TypedValue = needed }
        );
        missing.AddRange(absent.Select(role => $"the role {role}: CREATE ROLE {role} NOLOGIN"));
        if (absent.Contains(TenantPolicy.CrossTenantRole) || !await IsMember(connection, hasSet, cancel))
            missing.Add(
                $"GRANT {TenantPolicy.CrossTenantRole} TO {SetupText.Quote(owner)}{(hasSet ? " WITH INHERIT TRUE, SET TRUE" : "")}"
            );
        foreach (var role in needed.Except(absent))
        {
            await using var command = new NpgsqlCommand(Uses, connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role });
            if (await command.ExecuteScalarAsync(cancel) is not true)
                missing.Add($"GRANT USAGE ON SCHEMA public TO {role}");
        }
    }

    private static async Task<bool> IsMember(NpgsqlConnection connection, bool hasSet, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Membership, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = TenantPolicy.CrossTenantRole });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hasSet ? "SET" : "MEMBER" });
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
