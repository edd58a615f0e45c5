using Npgsql;

namespace Tenantry.Foundation.Data.Database.Setup;

/// <summary>
/// Finds what keeps an administrator from setting up the database, by queries alone: a setup that stops half-way leaves
/// roles behind that the next one does not know.
/// </summary>
internal sealed class SetupCheck(
    SetupServer server,
    NpgsqlConnectionStringBuilder admin,
    NpgsqlConnectionStringBuilder owner,
    NpgsqlConnectionStringBuilder serving,
    NpgsqlConnectionStringBuilder? backup
)
{
    private const int LeastVersion = 150_000;

    private readonly List<string> missing = [];

    private string Database => serving.Database!;

    /// <summary>The memberships that the roles need: the first is of the second.</summary>
    public static IReadOnlyList<(string Member, string Role)> Memberships(
        string owner,
        string serving,
        string? backup
    ) =>
        [
            // The owner makes this role the owner of the cross-tenant functions, and must be a member for that.
            (owner, TenantPolicy.CrossTenantRole),
            (serving, TenantPolicy.ServingRole),
            // Includes future tables.
            .. backup is null ? Array.Empty<(string, string)>() : [(backup, TenantPolicy.ReadAllRole)],
        ];

    /// <summary>One line for each right that is missing. Empty: the setup can begin.</summary>
    /// <exception cref="RoleTakenException">A login exists with another password.</exception>
    public async Task<IReadOnlyList<string>> Run(CancellationToken cancel)
    {
        if (server.Version < LeastVersion)
            return ["the server must be PostgreSQL 15 or newer"];
        if (server.IsReplica)
            return ["the server is a replica, which cannot be written: name the primary"];
        CheckRoles();
        await CheckMemberships(cancel);
        if (server.Database is { } database)
            await CheckDatabase(database, cancel);
        else
            await CheckCreation(cancel);
        // Last, and only where all else is well: a wrong password is an attempt that servers may count.
        if (missing.Count == 0)
        {
            foreach (var login in new[] { owner, serving, backup }.OfType<NpgsqlConnectionStringBuilder>())
            {
                if (server.Roles[login.Username!].Exists && login.Password is not null)
                    await DemandPassword(login, cancel);
            }
        }
        return missing;
    }

    private void CheckRoles()
    {
        foreach (var (login, setting) in Logins())
        {
            var role = server.Roles[login.Username!];
            if (!role.Exists && login.Password is null)
                missing.Add($"{setting} must contain a password for the role {login.Username}, which is created");
            if (role.IsUnrestricted && setting == "DATABASE_URL")
                missing.Add(
                    $"DATABASE_URL names {login.Username}, which no policy restricts: name another role, which is created"
                );
        }
        var absent = server
            .Roles.Where(role => !role.Value.Exists && role.Key != backup?.Username)
            .Select(role => role.Key)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (absent.Count > 0 && !server.MayCreateRoles)
            missing.Add(
                $"CREATEROLE, for the role{(absent.Count > 1 ? "s" : "")} {string.Join(", ", absent)}: ALTER ROLE {SetupText.Quote(server.User)} CREATEROLE, or create them as in docs/operations.md"
            );
        if (backup is not null && !server.Roles[backup.Username!].Exists && !server.MayCreateBackupRole)
            missing.Add(
                server.HasMembershipOptions
                    ? $"CREATEROLE, BYPASSRLS and REPLICATION, for the role {backup.Username}: ALTER ROLE {SetupText.Quote(server.User)} CREATEROLE BYPASSRLS REPLICATION, or leave BACKUP_DATABASE_URL out"
                    : $"superuser, for the role {backup.Username} with BYPASSRLS: create it as a superuser, or leave BACKUP_DATABASE_URL out"
            );
    }

    private (NpgsqlConnectionStringBuilder Login, string Setting)[] Logins() =>
        backup is null
            ? [(owner, "MIGRATION_DATABASE_URL"), (serving, "DATABASE_URL")]
            : [(owner, "MIGRATION_DATABASE_URL"), (serving, "DATABASE_URL"), (backup, "BACKUP_DATABASE_URL")];

    /// <summary>A role that the administrator creates is its own to grant.</summary>
    private async Task CheckMemberships(CancellationToken cancel)
    {
        foreach (var (member, role) in Memberships(owner.Username!, serving.Username!, backup?.Username))
        {
            if (
                server.Roles[role] is { Exists: true, MayBeGranted: false }
                && !await server.IsMember(member, role, cancel)
            )
                missing.Add(
                    $"ADMIN on the role {role}: GRANT {SetupText.Quote(role)} TO {SetupText.Quote(member)}, or GRANT {SetupText.Quote(role)} TO {SetupText.Quote(server.User)} WITH ADMIN OPTION, as a superuser"
                );
        }
    }

    private async Task CheckCreation(CancellationToken cancel)
    {
        if (!server.MayCreateDatabases)
            missing.Add(
                $"CREATEDB, for the database {Database}: ALTER ROLE {SetupText.Quote(server.User)} CREATEDB, or CREATE DATABASE {SetupText.Quote(Database)} OWNER {SetupText.Quote(owner.Username!)} ENCODING 'UTF8' TEMPLATE template0, as a superuser"
            );
        else if (
            server.Roles[owner.Username!] is { Exists: true, MayBeGranted: false }
            && !await server.CanBecome(owner.Username!, cancel)
        )
            missing.Add(
                $"membership of {owner.Username}, to give it a database: GRANT {SetupText.Quote(owner.Username!)} TO {SetupText.Quote(server.User)}, as a superuser"
            );
    }

    private async Task CheckDatabase(SetupDatabase database, CancellationToken cancel)
    {
        if (database.Encoding != "UTF8")
            missing.Add(
                $"the database {Database} stores texts as {database.Encoding}: name another database, or create it with ENCODING 'UTF8'"
            );
        if (database.Owner == serving.Username)
            missing.Add(
                $"the role {serving.Username} in DATABASE_URL owns the database {Database}, and no owner may serve: ALTER DATABASE {SetupText.Quote(Database)} OWNER TO {SetupText.Quote(owner.Username!)}, or name another role"
            );
        var isOwn = database.Owner == owner.Username;
        if (!database.MayConnect && !isOwn)
        {
            missing.Add(
                $"CONNECT on the database {Database}: GRANT CONNECT ON DATABASE {SetupText.Quote(Database)} TO {SetupText.Quote(server.User)}, as {database.Owner}"
            );
            return;
        }
        if (isOwn)
            await DemandPassword(owner, cancel);
        await using var connection = await SetupServer.Open(
            database.MayConnect ? admin : SetupServer.As(admin, owner),
            Database,
            cancel
        );
        var grants = SetupGrant.All(owner.Username!, backup?.Username);
        var actor = server.IsSuperuser ? server.User : database.Owner;
        var states = await SetupGrant.Read(connection, grants, actor, cancel);
        if (states.Count < grants.Count)
            missing.Add($"the database {Database} has no schema public: CREATE SCHEMA public, as {database.Owner}");
        var canAct = server.IsSuperuser || database.IsReachable || isOwn;
        foreach (var state in states.Where(state => !state.HasEffect && !(canAct && state.MayBeSet)))
            missing.Add($"{state.Grant.Sql(Database)}, as {state.Owner} or a superuser");
    }

    /// <summary>An existing login may belong to another installation: its password is never changed.</summary>
    private async Task DemandPassword(NpgsqlConnectionStringBuilder login, CancellationToken cancel)
    {
        try
        {
            await (
                await SetupServer.Open(SetupServer.As(admin, login), server.Connection.Database, cancel)
            ).DisposeAsync();
        }
        catch (PostgresException e)
            when (e.SqlState
                    is PostgresErrorCodes.InvalidPassword
                        or PostgresErrorCodes.InvalidAuthorizationSpecification
            )
        {
            throw new RoleTakenException(login.Username!);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The password is right; the role may not connect to the administrator's database.
        }
    }
}
