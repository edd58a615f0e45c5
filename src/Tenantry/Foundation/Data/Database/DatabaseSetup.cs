using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Creates what a new installation needs, as an administrator of the cluster: the database, the owner that migrates,
/// the login that serves, the two roles that have the grants and, optionally, the login for backups. Safe to run again.
/// </summary>
public static class DatabaseSetup
{
    public static async Task Create(
        NpgsqlConnectionStringBuilder admin,
        NpgsqlConnectionStringBuilder owner,
        NpgsqlConnectionStringBuilder serving,
        NpgsqlConnectionStringBuilder? backup,
        CancellationToken cancel
    )
    {
        await using (var cluster = DatabaseServices.DataSource(admin))
        {
            await CreateRole(cluster, owner.Username!, owner.Password, cancel);
            await CreateRole(cluster, serving.Username!, serving.Password, cancel);
            await CreateRole(cluster, TenantPolicy.ServingRole, login: null, cancel);
            await CreateRole(cluster, TenantPolicy.CrossTenantRole, login: null, cancel);
            if (backup is not null)
            {
                // Row-level security is forced: without BYPASSRLS a dump fails, or omits rows. A base backup needs
                // REPLICATION.
                await CreateRole(cluster, backup.Username!, backup.Password, cancel, "BYPASSRLS REPLICATION");
                await Run(cluster, $"GRANT pg_read_all_data TO {Quote(backup.Username!)}", cancel); // includes future tables
            }
            // The owner makes this role the owner of the cross-tenant functions, and must be a member for that.
            await Run(cluster, $"GRANT {TenantPolicy.CrossTenantRole} TO {Quote(owner.Username!)}", cancel);
            await Run(cluster, $"GRANT {TenantPolicy.ServingRole} TO {Quote(serving.Username!)}", cancel);
            if (!await Exists(cluster, "SELECT FROM pg_database WHERE datname = $1", serving.Database!, cancel))
            {
                // An administrator without superuser rights can give a database only to a role that it is a member of.
                await Run(cluster, $"GRANT {Quote(owner.Username!)} TO CURRENT_USER", cancel);
                await Run(
                    cluster,
                    $"CREATE DATABASE {Quote(serving.Database!)} OWNER {Quote(owner.Username!)} ENCODING 'UTF8' TEMPLATE template0",
                    cancel
                );
                // An existing database keeps its grants: other applications may use it.
                await Run(cluster, $"REVOKE ALL ON DATABASE {Quote(serving.Database!)} FROM PUBLIC", cancel);
            }
        }

        await using var database = DatabaseServices.DataSource(
            new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Database = serving.Database }
        );
        await Run(
            database,
            $"""
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT ON DATABASE {Quote(serving.Database!)} TO {Quote(
                owner.Username!
            )}, {TenantPolicy.ServingRole};
            GRANT USAGE, CREATE ON SCHEMA public TO {Quote(owner.Username!)} WITH GRANT OPTION;
            GRANT USAGE ON SCHEMA public TO {TenantPolicy.ServingRole}, {TenantPolicy.CrossTenantRole};
            """,
            cancel
        );
        // Policies do not cover temporary tables and large objects. Only a superuser can revoke the latter; without
        // one, the service logs a warning and starts.
        await Run(database, $"REVOKE TEMPORARY ON DATABASE {Quote(serving.Database!)} FROM PUBLIC", cancel);
        await Run(
            database,
            """
            DO $$
            BEGIN
                IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                    REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;
                END IF;
            END
            $$
            """,
            cancel
        );
        if (backup is not null)
            await Run(
                database,
                $"GRANT CONNECT ON DATABASE {Quote(serving.Database!)} TO {Quote(backup.Username!)}",
                cancel
            );
    }

    private static async Task CreateRole(
        NpgsqlDataSource cluster,
        string name,
        string? login,
        CancellationToken cancel,
        string rights = ""
    )
    {
        if (await Exists(cluster, "SELECT FROM pg_roles WHERE rolname = $1", name, cancel))
        {
            if (login is not null)
                await DemandPassword(cluster, name, login, cancel);
            return;
        }
        var attributes = login is null ? "NOLOGIN" : $"LOGIN PASSWORD {Literal(login)}";
        try
        {
            await Run(cluster, $"CREATE ROLE {Quote(name)} {attributes} {rights}", cancel);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Roles belong to the cluster: another installation created it at the same time.
        }
    }

    /// <summary>An existing login may belong to another installation: its password is never changed.</summary>
    private static async Task DemandPassword(
        NpgsqlDataSource cluster,
        string name,
        string password,
        CancellationToken cancel
    )
    {
        var asRole = new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            Username = name,
            Password = password,
            Pooling = false,
        };
        try
        {
            await using var connection = new NpgsqlConnection(asRole.ConnectionString);
            await connection.OpenAsync(cancel);
        }
        catch (PostgresException e)
            when (e.SqlState
                    is PostgresErrorCodes.InvalidPassword
                        or PostgresErrorCodes.InvalidAuthorizationSpecification
            )
        {
            throw new RoleTakenException(name);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The password is right; the role may not connect to the administrator's database.
        }
    }

    private static async Task Run(NpgsqlDataSource dataSource, string sql, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> Exists(
        NpgsqlDataSource dataSource,
        string sql,
        string value,
        CancellationToken cancel
    )
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel);
    }

    // Role names and passwords cannot be parameters of DDL.
    private static string Quote(string identifier) => new NpgsqlCommandBuilder().QuoteIdentifier(identifier);

    private static string Literal(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("A password cannot contain the NUL character.", nameof(text))
            : " E'"
                + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)
                + "'";
}

/// <summary>The cluster has a role of that name with another password.</summary>
public sealed class RoleTakenException(string role)
    : Exception(
        $"The server already has a role {role} with another password. It may belong to another installation, so it was not changed. Use its password, or another role name, in DATABASE_URL and MIGRATION_DATABASE_URL."
    );
