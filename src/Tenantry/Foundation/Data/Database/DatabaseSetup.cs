using Npgsql;
using Tenantry.Foundation.Data.Database.Setup;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Creates what a new installation needs, as an administrator of the cluster: the database, the owner that migrates,
/// the login that serves, the two roles that have the grants and, optionally, the login for backups. Everything that
/// exists already may be there. Safe to run again.
/// </summary>
public static class DatabaseSetup
{
    /// <exception cref="MissingRightsException">A right is missing; nothing was changed.</exception>
    /// <exception cref="RoleTakenException">A login has another password; nothing was changed.</exception>
    public static async Task Create(
        NpgsqlConnectionStringBuilder admin,
        NpgsqlConnectionStringBuilder owner,
        NpgsqlConnectionStringBuilder serving,
        NpgsqlConnectionStringBuilder? backup,
        CancellationToken cancel
    )
    {
        string[] roles =
        [
            owner.Username!,
            serving.Username!,
            TenantPolicy.ServingRole,
            TenantPolicy.CrossTenantRole,
            .. backup is null ? Array.Empty<string>() : [backup.Username!, TenantPolicy.ReadAllRole],
        ];
        await using var server = await SetupServer.Read(admin, serving.Database!, roles, cancel);
        if (await new SetupCheck(server, admin, owner, serving, backup).Run(cancel) is { Count: > 0 } missing)
            throw new MissingRightsException(server.User, $"set up the database {serving.Database}", missing);

        await CreateRole(server, owner.Username!, owner.Password, cancel);
        await CreateRole(server, serving.Username!, serving.Password, cancel);
        await CreateRole(server, TenantPolicy.ServingRole, password: null, cancel);
        await CreateRole(server, TenantPolicy.CrossTenantRole, password: null, cancel);
        // Row-level security is forced: without BYPASSRLS a dump fails, or omits rows. A base backup needs REPLICATION.
        if (backup is not null)
            await CreateRole(server, backup.Username!, backup.Password, cancel, "BYPASSRLS REPLICATION");
        foreach (var (member, role) in SetupCheck.Memberships(owner.Username!, serving.Username!, backup?.Username))
        {
            if (!await server.IsMember(member, role, cancel))
                await Run(server.Connection, Membership(server, role, SetupText.Quote(member)), cancel);
        }
        await FillDatabase(server, admin, owner, serving.Database!, backup?.Username, cancel);
    }

    private static async Task FillDatabase(
        SetupServer server,
        NpgsqlConnectionStringBuilder admin,
        NpgsqlConnectionStringBuilder owner,
        string database,
        string? backup,
        CancellationToken cancel
    )
    {
        var name = SetupText.Quote(database);
        if (server.Database is null)
            await CreateDatabase(server, name, owner.Username!, cancel);
        var actor = server.Database?.Owner ?? owner.Username!;
        if (!server.IsSuperuser && actor != owner.Username && !await server.CanBecome(actor, cancel))
            return; // everything has its effect already: the check found nothing missing
        // The administrator of a database that it gave away may no longer enter it.
        await using var connection = await SetupServer.Open(
            server.IsSuperuser || actor != owner.Username ? admin : SetupServer.As(admin, owner),
            database,
            cancel
        );
        if (server.IsSuperuser)
            await CloseLargeObjects(connection, cancel);
        else if (actor != owner.Username)
            await Run(connection, $"SET ROLE {SetupText.Quote(actor)}", cancel);
        // An existing database keeps its other grants: other applications may use it.
        if (server.Database is null)
            await Run(connection, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC", cancel);
        var grants = SetupGrant.All(owner.Username!, backup);
        foreach (
            var state in await SetupGrant.Read(connection, grants, server.IsSuperuser ? server.User : actor, cancel)
        )
        {
            if (!state.IsSet && state.MayBeSet)
                await Run(connection, state.Grant.Sql(database), cancel);
        }
    }

    /// <summary>
    /// An administrator without superuser rights can give a database only to a role that it can act as. It is a member
    /// for this moment alone.
    /// </summary>
    private static async Task CreateDatabase(SetupServer server, string name, string owner, CancellationToken cancel)
    {
        var isBorrowed = !await server.CanBecome(owner, cancel);
        if (isBorrowed)
            await Run(server.Connection, Membership(server, owner, "CURRENT_USER"), cancel);
        try
        {
            await Run(
                server.Connection,
                $"CREATE DATABASE {name} OWNER {SetupText.Quote(owner)} ENCODING 'UTF8' TEMPLATE template0",
                cancel
            );
        }
        finally
        {
            if (isBorrowed)
                await Run(
                    server.Connection,
                    $"REVOKE {SetupText.Quote(owner)} FROM CURRENT_USER",
                    CancellationToken.None
                );
        }
    }

    /// <summary>
    /// Policies do not cover large objects. Only a superuser can revoke these functions; without one, the service logs
    /// a warning and starts.
    /// </summary>
    private static Task CloseLargeObjects(NpgsqlConnection connection, CancellationToken cancel) =>
        Run(
            connection,
            "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC",
            cancel
        );

    private static string Membership(SetupServer server, string role, string member) =>
        $"GRANT {SetupText.Quote(role)} TO {member}{(server.HasMembershipOptions ? " WITH INHERIT TRUE, SET TRUE" : "")}";

    private static async Task CreateRole(
        SetupServer server,
        string name,
        string? password,
        CancellationToken cancel,
        string rights = ""
    )
    {
        if (server.Roles[name].Exists)
            return;
        var attributes = password is null ? "NOLOGIN" : $"LOGIN PASSWORD {SetupText.Literal(password)}";
        try
        {
            await Run(server.Connection, $"CREATE ROLE {SetupText.Quote(name)} {attributes} {rights}", cancel);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Roles belong to the cluster: another installation created it at the same time.
        }
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>The cluster has a role of that name with another password.</summary>
public sealed class RoleTakenException(string role)
    : Exception(
        $"The server already has a role {role} with another password. It may belong to another installation, so it was not changed. Use its password, or another role name, in DATABASE_URL and MIGRATION_DATABASE_URL."
    );
