using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// What an administrator of the cluster does once for a new installation: the database, the owner that migrates, the login that
/// serves, the two roles that hold grants and, where one is wanted, the login that makes backups. Safe to run again.
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
            await Role(cluster, owner.Username!, owner.Password, cancel);
            await Role(cluster, serving.Username!, serving.Password, cancel);
            await Role(cluster, TenantPolicy.ServingRole, login: null, cancel);
            await Role(cluster, TenantPolicy.DoorRole, login: null, cancel);
            if (backup is not null)
            {
                // Row-level security is forced: without BYPASSRLS a dump fails, or leaves rows out. Replication is what a base backup comes by.
                await Role(cluster, backup.Username!, backup.Password, cancel, "BYPASSRLS REPLICATION");
                await Run(cluster, $"GRANT pg_read_all_data TO {Quote(backup.Username!)}", cancel); // tables to come among it
            }
            // The owner hands the doors over to their role, for which it must be a member of it.
            await Run(cluster, $"GRANT {TenantPolicy.DoorRole} TO {Quote(owner.Username!)}", cancel);
            await Run(cluster, $"GRANT {TenantPolicy.ServingRole} TO {Quote(serving.Username!)}", cancel);
            if (!await Exists(cluster, "SELECT FROM pg_database WHERE datname = $1", serving.Database!, cancel))
            {
                // An administrator that is no superuser may give a database only to a role it is a member of.
                await Run(cluster, $"GRANT {Quote(owner.Username!)} TO CURRENT_USER", cancel);
                await Run(
                    cluster,
                    $"CREATE DATABASE {Quote(serving.Database!)} OWNER {Quote(owner.Username!)} ENCODING 'UTF8' TEMPLATE template0",
                    cancel
                );
                // A database that was there before keeps the guests that it has.
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
            GRANT USAGE ON SCHEMA public TO {TenantPolicy.ServingRole}, {TenantPolicy.DoorRole};
            """,
            cancel
        );
        // Temporary tables and large objects are past every policy. The latter only a superuser can forbid; where there is none, the start tells it and goes on.
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

    private static async Task Role(
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
            // Roles belong to the cluster: another installation on it was a moment faster.
        }
    }

    /// <summary>A login that is there may be another installation's: its password is never changed.</summary>
    private static async Task DemandPassword(
        NpgsqlDataSource cluster,
        string name,
        string password,
        CancellationToken cancel
    )
    {
        var asIt = new NpgsqlConnectionStringBuilder(cluster.ConnectionString)
        {
            Username = name,
            Password = password,
            Pooling = false,
        };
        try
        {
            await using var connection = new NpgsqlConnection(asIt.ConnectionString);
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
            // It got past the password, and may not connect to the administrator's own database.
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
            ? throw new ArgumentException("A password cannot hold the NUL character.", nameof(text))
            : " E'"
                + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)
                + "'";
}

/// <summary>The cluster has a role of this name with another password.</summary>
public sealed class RoleTakenException(string role)
    : Exception(
        $"The server has a role {role} already, with another password than the one given: another installation may live by it, so it is left as it is. Give its password, or another name, in DATABASE_URL and MIGRATION_DATABASE_URL."
    );
