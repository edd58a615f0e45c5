using Npgsql;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>A server without any of our roles.</summary>
public sealed class NewServer : IAsyncLifetime
{
    private PostgresServer? server;

    public NpgsqlConnectionStringBuilder Admin => server!.Admin;

    public async ValueTask InitializeAsync() => server = await PostgresServer.Begin();

    public ValueTask DisposeAsync() => server!.DisposeAsync();
}

/// <summary>
/// <c>database create</c> and <c>migrate</c> with roles of every kind of administrator: they succeed with the least
/// rights, or name all that are missing and change nothing. The server is of the version that ./test uses.
/// </summary>
public sealed class DatabaseSetupTests(NewServer server) : IClassFixture<NewServer>, IAsyncLifetime
{
    private const string Ready = """
        CREATE ROLE tenantry_owner LOGIN PASSWORD 'owner'; CREATE ROLE tenantry_app LOGIN PASSWORD 'app';
        CREATE ROLE tenantry_serving NOLOGIN; CREATE ROLE tenantry_doors NOLOGIN;
        GRANT tenantry_doors TO tenantry_owner; GRANT tenantry_serving TO tenantry_app;
        """;

    /// <summary>Roles with their attributes, memberships, and databases with owners and grants.</summary>
    private const string Everything = """
        SELECT concat_ws(E'\n', (SELECT string_agg(to_jsonb(r)::text, E'\n' ORDER BY rolname) FROM (SELECT * FROM pg_roles WHERE rolname !~ '^pg_') r),
            (SELECT string_agg(format('%s of %s', member::regrole, roleid::regrole), E'\n' ORDER BY 1) FROM pg_auth_members),
            (SELECT string_agg(format('%s %s %s', datname, datdba::regrole, datacl), E'\n' ORDER BY datname) FROM pg_database),
            (SELECT string_agg(format('%s %s %s', nspname, nspowner::regrole, nspacl), E'\n' ORDER BY nspname) FROM pg_namespace),
            (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace))
        """;

    public async ValueTask InitializeAsync()
    {
        var databases = await Read(
            server.Admin,
            "SELECT string_agg(quote_ident(datname), ' ') FROM pg_database WHERE datname !~ '^(postgres|template.)$'"
        );
        foreach (var database in databases.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            await Cluster.Execute(server.Admin, $"DROP DATABASE {database} WITH (FORCE)");
        var roles = await Read(
            server.Admin,
            "SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user"
        );
        if (roles.Length > 0)
            await Cluster.Execute(server.Admin, $"DROP OWNED BY {roles}; DROP ROLE {roles}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("a superuser", "CREATE ROLE chief LOGIN PASSWORD 'chief' SUPERUSER", "")]
    [InlineData("a plain role", "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE", "")]
    [InlineData(
        "a plain role that inherits nothing",
        "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE NOINHERIT",
        ""
    )]
    [InlineData(
        "the administrator of a managed service, whose database is there",
        """
            CREATE ROLE managed_superuser NOLOGIN CREATEDB CREATEROLE; GRANT pg_monitor, pg_signal_backend TO managed_superuser WITH ADMIN OPTION;
            CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE; GRANT managed_superuser TO chief
            """,
        "CREATE DATABASE tenantry OWNER managed_superuser TEMPLATE template0 ENCODING 'UTF8'"
    )]
    [InlineData(
        "a superuser, and the database belongs to another role",
        "CREATE ROLE chief LOGIN PASSWORD 'chief' SUPERUSER; CREATE ROLE other NOLOGIN",
        "CREATE DATABASE tenantry OWNER other TEMPLATE template0 ENCODING 'UTF8'"
    )]
    public async Task An_administrator_sets_up_a_database_and_keeps_no_more_than_it_had(
        string who,
        string roles,
        string database
    )
    {
        await Cluster.Execute(server.Admin, roles);
        if (database.Length > 0)
            await Cluster.Execute(server.Admin, database);
        var variables = Variables("chief");

        await Succeeds(variables, "database", "create");
        await Succeeds(variables, "migrate");
        (await Succeeds(variables, "database", "check")).ShouldContain("isolates tenants", Case.Sensitive, who);

        // Once more, when there is nothing left to do.
        var before = await Read(server.Admin, Everything);
        await Succeeds(variables, "database", "create");
        (await Read(server.Admin, Everything)).ShouldBe(before, who);
        if (!roles.Contains(" SUPERUSER", StringComparison.Ordinal))
            (
                await Read(BySuperuser("postgres"), "SELECT pg_has_role('chief', 'tenantry_owner', 'USAGE')::text")
            ).ShouldBe("false", who);
        (
            await Read(
                BySuperuser("tenantry"),
                "SELECT has_database_privilege('public', 'tenantry', 'TEMPORARY')::text"
            )
        ).ShouldBe("false");
    }

    [Fact]
    public async Task An_owner_without_rights_on_roles_uses_those_that_are_ready()
    {
        await Cluster.Execute(server.Admin, Ready);
        await Cluster.Execute(
            server.Admin,
            "CREATE DATABASE tenantry OWNER tenantry_owner TEMPLATE template0 ENCODING 'UTF8'"
        );
        var variables = Variables("tenantry_owner");
        variables["ADMIN_DATABASE_URL"] = variables["MIGRATION_DATABASE_URL"];

        await Succeeds(variables, "database", "create");
        await Succeeds(variables, "migrate");
        await Succeeds(variables, "database", "check");
    }

    [Theory]
    [InlineData(
        "CREATE ROLE chief LOGIN PASSWORD 'chief'",
        "",
        "CREATEROLE, for the roles tenantry_app, tenantry_doors, tenantry_owner, tenantry_serving",
        "CREATEDB, for the database tenantry"
    )]
    [InlineData(
        "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE; CREATE ROLE other NOLOGIN",
        "CREATE DATABASE tenantry OWNER other TEMPLATE template0 ENCODING 'UTF8'",
        "GRANT CREATE ON DATABASE \"tenantry\" TO \"tenantry_owner\", as other or a superuser",
        "GRANT CREATE ON SCHEMA public TO \"tenantry_owner\" WITH GRANT OPTION",
        "REVOKE TEMPORARY ON DATABASE \"tenantry\" FROM PUBLIC"
    )]
    [InlineData(
        "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE",
        "CREATE DATABASE tenantry OWNER chief TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'",
        "the database tenantry stores texts as LATIN1"
    )]
    [InlineData(
        "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE; CREATE ROLE other NOLOGIN",
        "CREATE DATABASE tenantry OWNER other TEMPLATE template0 ENCODING 'UTF8'; REVOKE CONNECT ON DATABASE tenantry FROM PUBLIC",
        "CONNECT on the database tenantry: GRANT CONNECT ON DATABASE \"tenantry\" TO \"chief\", as other"
    )]
    [InlineData(
        "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE; CREATE ROLE tenantry_app LOGIN PASSWORD 'app' BYPASSRLS",
        "",
        "DATABASE_URL names tenantry_app, which no policy restricts"
    )]
    public async Task What_is_missing_is_told_at_once_and_nothing_is_changed(
        string roles,
        string database,
        params string[] missing
    )
    {
        await Cluster.Execute(server.Admin, roles);
        foreach (var statement in database.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            await Cluster.Execute(server.Admin, statement);
        var before = await Read(server.Admin, Everything);

        var (code, output) = await OperatorCommand.Run(["database", "create"], Variables("chief"));

        code.ShouldBe(1, output);
        output.ShouldContain("The role chief cannot set up the database tenantry. Nothing was changed.");
        foreach (var one in missing)
            output.ShouldContain("  - " + one, Case.Sensitive);
        (await Read(server.Admin, Everything)).ShouldBe(before);
    }

    [Fact]
    public async Task Roles_of_another_administrator_are_granted_where_the_server_permits_it()
    {
        await Cluster.Execute(server.Admin, "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE");
        await Cluster.Execute(server.Admin, "CREATE ROLE tenantry_serving NOLOGIN; CREATE ROLE tenantry_doors NOLOGIN");
        var before = await Read(server.Admin, Everything);
        var isOld = int.Parse(await Read(server.Admin, "SHOW server_version_num"), null) < 160_000;

        var (code, output) = await OperatorCommand.Run(["database", "create"], Variables("chief"));

        // Before PostgreSQL 16, CREATEROLE was enough for every role.
        code.ShouldBe(isOld ? 0 : 1, output);
        if (isOld)
            return;
        output.ShouldContain("  - ADMIN on the role tenantry_doors");
        output.ShouldContain("  - ADMIN on the role tenantry_serving");
        (await Read(server.Admin, Everything)).ShouldBe(before);
    }

    [Fact]
    public async Task The_backup_role_is_refused_before_anything_is_created()
    {
        await Cluster.Execute(server.Admin, "CREATE ROLE chief LOGIN PASSWORD 'chief' CREATEDB CREATEROLE");
        var before = await Read(server.Admin, Everything);
        var variables = Variables("chief");
        variables["BACKUP_DATABASE_URL"] = Url("tenantry_backup", "backup");

        var (code, output) = await OperatorCommand.Run(["database", "create"], variables);

        code.ShouldBe(1, output);
        output.ShouldContain("for the role tenantry_backup");
        output.ShouldContain("leave BACKUP_DATABASE_URL out");
        (await Read(server.Admin, Everything)).ShouldBe(before);
    }

    [Fact]
    public async Task A_wrong_password_of_a_login_that_is_there_changes_nothing()
    {
        await Cluster.Execute(server.Admin, "CREATE ROLE tenantry_app LOGIN PASSWORD 'another'");
        var before = await Read(server.Admin, Everything);
        var variables = Variables("tenantry_admin");
        variables["ADMIN_DATABASE_URL"] = Url("tenantry_admin", server.Admin.Password!);

        var (code, output) = await OperatorCommand.Run(["database", "create"], variables);

        code.ShouldBe(1, output);
        output.ShouldContain("already has a role tenantry_app with another password");
        (await Read(server.Admin, Everything)).ShouldBe(before);
    }

    [Fact]
    public async Task A_migration_tells_all_rights_that_its_owner_lacks_and_changes_nothing()
    {
        await Cluster.Execute(server.Admin, Ready);
        await Cluster.Execute(server.Admin, "REVOKE tenantry_doors FROM tenantry_owner");
        await Cluster.Execute(server.Admin, "CREATE DATABASE tenantry TEMPLATE template0 ENCODING 'UTF8'");
        await Cluster.Execute(
            BySuperuser("tenantry"),
            "CREATE TABLE users (id integer); CREATE TABLE other (id integer)"
        );
        var before = await Read(BySuperuser("tenantry"), Everything);

        var (code, output) = await OperatorCommand.Run(["migrate"], Variables("chief"));

        code.ShouldBe(1, output);
        output.ShouldContain("The role tenantry_owner cannot migrate the database.");
        output.ShouldContain("  - GRANT CREATE ON DATABASE \"tenantry\" TO \"tenantry_owner\"");
        output.ShouldContain("  - GRANT USAGE, CREATE ON SCHEMA public TO \"tenantry_owner\" WITH GRANT OPTION");
        output.ShouldContain("  - GRANT tenantry_doors TO \"tenantry_owner\"");
        output.ShouldContain("tenantry has users. Name an empty one");
        (await Read(BySuperuser("tenantry"), Everything)).ShouldBe(before);
    }

    [Fact]
    public async Task A_migration_without_the_roles_names_both()
    {
        await Cluster.Execute(server.Admin, "CREATE ROLE tenantry_owner LOGIN PASSWORD 'owner'");
        await Cluster.Execute(
            server.Admin,
            "CREATE DATABASE tenantry OWNER tenantry_owner TEMPLATE template0 ENCODING 'UTF8'"
        );

        var (code, output) = await OperatorCommand.Run(["migrate"], Variables("chief"));

        code.ShouldBe(1, output);
        output.ShouldContain("  - the role tenantry_serving: CREATE ROLE tenantry_serving NOLOGIN");
        output.ShouldContain("  - the role tenantry_doors: CREATE ROLE tenantry_doors NOLOGIN");
        output.ShouldContain("tenantry database create");
    }

    private static async Task<string> Succeeds(Dictionary<string, string> variables, params string[] command)
    {
        var (code, output) = await OperatorCommand.Run(command, variables);
        code.ShouldBe(0, $"{string.Join(' ', command)}: {output}");
        return output;
    }

    /// <summary>The administrator's URL names the database that is created, as ./run has it.</summary>
    private Dictionary<string, string> Variables(string admin) =>
        new()
        {
            ["APP_ENV"] = "Development",
            ["ADMIN_DATABASE_URL"] = Url(admin, "chief"),
            ["MIGRATION_DATABASE_URL"] = Url("tenantry_owner", "owner"),
            ["DATABASE_URL"] = Url("tenantry_app", "app"),
            ["LOG_LEVEL"] = "Critical",
        };

    private string Url(string role, string password) =>
        $"postgresql://{role}:{password}@127.0.0.1:{server.Admin.Port}/tenantry";

    private NpgsqlConnectionStringBuilder BySuperuser(string database) =>
        new(server.Admin.ConnectionString) { Database = database };

    private static async Task<string> Read(NpgsqlConnectionStringBuilder connection, string sql)
    {
        await using var open = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString
        );
        await open.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, open);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as string ?? "";
    }
}
