using Npgsql;

namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>A role that the setup needs.</summary>
/// <param name="Exists">Whether the server has it.</param>
/// <param name="IsUnrestricted">Whether no policy applies to it.</param>
/// <param name="MayBeGranted">Whether the administrator may make others its members.</param>
internal sealed record SetupRole(bool Exists, bool IsUnrestricted, bool MayBeGranted);

/// <summary>The database, where it exists.</summary>
/// <param name="Owner">The role that owns it.</param>
/// <param name="IsReachable">Whether the administrator can act as the owner.</param>
/// <param name="MayConnect">Whether the administrator may connect to it.</param>
/// <param name="Encoding">The encoding of its texts.</param>
internal sealed record SetupDatabase(string Owner, bool IsReachable, bool MayConnect, string Encoding);

/// <summary>The server as an administrator finds it, read from the catalogue. Reading changes nothing.</summary>
internal sealed class SetupServer : IAsyncDisposable
{
    /// <summary>From here on a membership has the options ADMIN, INHERIT and SET, and CREATEROLE alone grants none.</summary>
    private const int MembershipOptions = 160_000;

    private const string Attributes = """
        SELECT rolname, rolsuper, rolsuper OR rolcreaterole, rolsuper OR rolcreatedb, rolsuper OR (rolbypassrls AND rolreplication AND rolcreaterole),
               current_setting('server_version_num')::integer, pg_is_in_recovery()
        FROM pg_roles WHERE rolname = current_user
        """;

    private const string NamedRoles = """
        SELECT n.name, r.oid IS NOT NULL, coalesce(r.rolsuper OR r.rolbypassrls, false),
               coalesce($2 OR pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') OR ($3 AND NOT r.rolsuper), false)
        FROM unnest($1) n (name) LEFT JOIN pg_roles r ON r.rolname = n.name
        """;

    private const string NamedDatabase = """
        SELECT pg_get_userbyid(d.datdba), pg_has_role(current_user, d.datdba, $2), has_database_privilege(d.oid, 'CONNECT'), pg_encoding_to_char(d.encoding)
        FROM pg_database d WHERE d.datname = $1
        """;

    private SetupServer(NpgsqlConnection connection) => Connection = connection;

    public NpgsqlConnection Connection { get; }
    public string User { get; private set; } = "";
    public bool IsSuperuser { get; private set; }
    public bool MayCreateRoles { get; private set; }
    public bool MayCreateDatabases { get; private set; }
    public bool MayCreateBackupRole { get; private set; }
    public int Version { get; private set; }
    public bool IsReplica { get; private set; }
    public IReadOnlyDictionary<string, SetupRole> Roles { get; private set; } = new Dictionary<string, SetupRole>();
    public SetupDatabase? Database { get; private set; }

    public bool HasMembershipOptions => Version >= MembershipOptions;

    /// <summary>What a role needs to act as another.</summary>
    private string ToBecome => HasMembershipOptions ? "SET" : "MEMBER";

    public static async Task<SetupServer> Read(
        NpgsqlConnectionStringBuilder admin,
        string database,
        string[] roles,
        CancellationToken cancel
    )
    {
        var server = new SetupServer(await Connect(admin, cancel));
        try
        {
            await server.ReadAttributes(cancel);
            await server.ReadRoles(roles, cancel);
            await server.ReadDatabase(database, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the role has another role's rights, can act as it, and so needs no grant.</summary>
    public async Task<bool> IsMember(string member, string role, CancellationToken cancel)
    {
        if (!Roles[member].Exists || !Roles[role].Exists)
            return false;
        await using var command = new NpgsqlCommand(
            "SELECT pg_has_role($1::name, $2::name, 'USAGE') AND pg_has_role($1::name, $2::name, $3)",
            Connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = member });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ToBecome });
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Whether the administrator can act as the role.</summary>
    public async Task<bool> CanBecome(string role, CancellationToken cancel)
    {
        if (IsSuperuser || role == User)
            return true;
        await using var command = new NpgsqlCommand(
            "SELECT pg_has_role(current_user, oid, $2) FROM pg_roles WHERE rolname = $1",
            Connection
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = role });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ToBecome });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>
    /// The database of the URL may be the one to create, or one that the administrator may not enter. Roles and
    /// databases can be created from any.
    /// </summary>
    private static async Task<NpgsqlConnection> Connect(NpgsqlConnectionStringBuilder admin, CancellationToken cancel)
    {
        foreach (var database in new[] { admin.Database!, "postgres" })
        {
            try
            {
                return await Open(admin, database, cancel);
            }
            catch (PostgresException e)
                when (e.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege)
            {
                // The next one.
            }
        }
        return await Open(admin, "template1", cancel);
    }

    /// <summary>The administrator's server, with the login of another role.</summary>
    public static NpgsqlConnectionStringBuilder As(
        NpgsqlConnectionStringBuilder admin,
        NpgsqlConnectionStringBuilder role
    ) => new(admin.ConnectionString) { Username = role.Username, Password = role.Password };

    /// <summary>Not pooled: a connection may end with the role that it took.</summary>
    public static async Task<NpgsqlConnection> Open(
        NpgsqlConnectionStringBuilder role,
        string database,
        CancellationToken cancel
    )
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(role.ConnectionString)
            {
                Database = database,
                Pooling = false,
                MaxAutoPrepare = 0,
            }.ConnectionString
        );
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task ReadAttributes(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Attributes, Connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        (User, IsSuperuser) = (reader.GetString(0), reader.GetBoolean(1));
        (MayCreateRoles, MayCreateDatabases) = (reader.GetBoolean(2), reader.GetBoolean(3));
        (Version, IsReplica) = (reader.GetInt32(5), reader.GetBoolean(6));
        // Before, only a superuser could create such a role.
        MayCreateBackupRole = reader.GetBoolean(4) && (IsSuperuser || HasMembershipOptions);
    }

    private async Task ReadRoles(string[] names, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(NamedRoles, Connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = names });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = IsSuperuser });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = MayCreateRoles && !HasMembershipOptions });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var roles = new Dictionary<string, SetupRole>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            roles[reader.GetString(0)] = new(reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3));
        Roles = roles;
    }

    private async Task ReadDatabase(string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(NamedDatabase, Connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ToBecome });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (await reader.ReadAsync(cancel))
            Database = new(reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetString(3));
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
