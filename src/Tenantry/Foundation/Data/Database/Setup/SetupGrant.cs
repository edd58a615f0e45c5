using Npgsql;

namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>A privilege on the database or on its schema public, which a role must have, or PUBLIC must not have.</summary>
/// <param name="Role">The role; null: PUBLIC, from which the privilege is revoked.</param>
/// <param name="OnSchema">Of the schema public; otherwise of the database.</param>
/// <param name="Privilege">Its name in SQL.</param>
/// <param name="Grantable">Whether the role may grant it further.</param>
internal sealed record SetupGrant(string? Role, bool OnSchema, string Privilege, bool Grantable = false)
{
    /// <summary>
    /// Of each privilege: whether it is as it has to be by an entry of its own, whether it has that effect, whether the
    /// role that acts may change it, and the owner of the object.
    /// </summary>
    private const string States = """
        WITH objects AS (
            SELECT false AS on_schema, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl FROM pg_database WHERE datname = current_database()
            UNION ALL
            SELECT true, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname = 'public')
        SELECT CASE WHEN w.role IS NULL THEN NOT own.entry ELSE own.entry OR coalesce(r.oid = o.owner, false) END,
               CASE WHEN w.role IS NULL THEN NOT own.entry
                    WHEN w.on_schema THEN coalesce(has_schema_privilege(r.oid, 'public', w.privilege || CASE WHEN w.grantable THEN ' WITH GRANT OPTION' ELSE '' END), false)
                    ELSE coalesce(has_database_privilege(r.oid, current_database(), w.privilege), false) END,
               pg_has_role($5::name, o.owner, 'USAGE'), pg_get_userbyid(o.owner), w.place::integer
        FROM unnest($1, $2, $3, $4) WITH ORDINALITY w (role, on_schema, privilege, grantable, place)
        JOIN objects o ON o.on_schema = w.on_schema LEFT JOIN pg_roles r ON r.rolname = w.role,
        LATERAL (SELECT EXISTS (SELECT FROM aclexplode(o.acl) a WHERE a.grantee = coalesce(r.oid, 0::oid) AND (w.role IS NULL OR r.oid IS NOT NULL)
                                AND a.privilege_type = w.privilege AND (a.is_grantable OR NOT w.grantable)) AS entry) own
        ORDER BY w.place
        """;

    /// <summary>What isolation, migration and service need, and nothing else.</summary>
    public static IReadOnlyList<SetupGrant> All(string owner, string? backup) =>
        [
            new(null, OnSchema: true, "CREATE"),
            // Policies do not cover temporary tables.
            new(null, OnSchema: false, "TEMPORARY"),
            new(owner, OnSchema: false, "CONNECT"),
            new(TenantPolicy.ServingRole, OnSchema: false, "CONNECT"),
            // The audit log has a schema of its own.
            new(owner, OnSchema: false, "CREATE"),
            // The owner passes both on to the roles that own and call functions.
            new(owner, OnSchema: true, "USAGE", Grantable: true),
            new(owner, OnSchema: true, "CREATE", Grantable: true),
            new(TenantPolicy.ServingRole, OnSchema: true, "USAGE"),
            new(TenantPolicy.CrossTenantRole, OnSchema: true, "USAGE"),
            .. backup is null ? Array.Empty<SetupGrant>() : [new(backup, OnSchema: false, "CONNECT")],
        ];

    /// <returns>Without those of the schema, where the database has none of that name.</returns>
    /// <param name="connection">A connection to the database.</param>
    /// <param name="grants">The privileges in question.</param>
    /// <param name="actor">The role that would change them.</param>
    /// <param name="cancel">Stops the reading.</param>
    public static async Task<IReadOnlyList<SetupGrantState>> Read(
        NpgsqlConnection connection,
        IReadOnlyList<SetupGrant> grants,
        string actor,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(States, connection);
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. grants.Select(one => one.Role)] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. grants.Select(one => one.OnSchema)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. grants.Select(one => one.Privilege)] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. grants.Select(one => one.Grantable)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var states = new List<SetupGrantState>();
        while (await reader.ReadAsync(cancel))
            states.Add(
                new(
                    grants[reader.GetInt32(4) - 1],
                    reader.GetBoolean(0),
                    reader.GetBoolean(1),
                    reader.GetBoolean(2),
                    reader.GetString(3)
                )
            );
        return states;
    }

    /// <summary>The statement that makes it so.</summary>
    public string Sql(string database)
    {
        var subject = OnSchema ? "SCHEMA public" : $"DATABASE {SetupText.Quote(database)}";
        return Role is null
            ? $"REVOKE {Privilege} ON {subject} FROM PUBLIC"
            : $"GRANT {Privilege} ON {subject} TO {SetupText.Quote(Role)}{(Grantable ? " WITH GRANT OPTION" : "")}";
    }
}

/// <summary>A privilege in a database as it is.</summary>
/// <param name="Grant">The privilege.</param>
/// <param name="IsSet">Whether an entry of its own says it.</param>
/// <param name="HasEffect">Whether it holds, for example because PUBLIC has it.</param>
/// <param name="MayBeSet">Whether the role that acts may change it.</param>
/// <param name="Owner">The owner of the object.</param>
internal sealed record SetupGrantState(SetupGrant Grant, bool IsSet, bool HasEffect, bool MayBeSet, string Owner);
