using Npgsql;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// A database that the release before this one filled comes up to this version, with all that was in it.
/// </summary>
public sealed class UpgradeTests(Cluster cluster)
{
    private static PreviousRelease Before => PreviousRelease.Fixture;

    [Fact]
    public async Task The_database_of_the_release_before_is_migrated_and_its_people_go_on()
    {
        var database = await PreviousRelease.Restore(cluster);
        var rows = await Rows(database);

        var (code, output) = await OperatorCommand.Run(["migrate"], cluster.Variables(database));

        code.ShouldBe(0, output);
        (await Rows(database))
            .Where(table => rows.Contains(table) || !table.EndsWith(" 0", StringComparison.Ordinal))
            .ShouldBe(rows); // a table that is new is empty
        (
            await Lines(
                database,
                """
                SELECT t.slug FROM role_permissions g JOIN roles r ON r.tenant_id = g.tenant_id AND r.id = g.role_id JOIN tenants t ON t.id = r.tenant_id JOIN permissions p ON p.id = g.permission_id
                WHERE r.is_system_role AND r.name = 'Admin' AND p.name = 'templates:security' ORDER BY 1
                """
            )
        ).ShouldBe(await Lines(database, "SELECT slug FROM tenants ORDER BY 1"));
        await using var service = await cluster.Start(database);
        var grace = await service.At("acme").SignIn("grace@acme.example", Before.Password);
        (
            await service.At("acme").Post("auth/refresh", new { refresh_token = Before.GraceRefreshToken })
        ).Status.ShouldBe(200);
        var refreshed = await service.At().Post("auth/refresh", new { refresh_token = Before.AdaRefreshToken });
        refreshed.Status.ShouldBe(200, refreshed.Text);
        (await service.At().With(refreshed.Text("access_token")).Get("auth/me"))
            .Text("email")
            .ShouldBe("ada@example.com");
        (await grace.Get("auth/me")).Text("role").ShouldBe("Admin");
        (await grace.Get("roles")).Items().Single(role => role!.Text("name") == "Clerk")!["permissions"]!
            .AsArray()
            .Select(permission => permission!.Text("name"))
            .ShouldBe(["files:read", "users:read"]);
        (await grace.Get("users?role=Clerk"))
            .Items()
            .ShouldHaveSingleItem()!
            .Text("email")
            .ShouldBe("edsger@acme.example");
        (await grace.Get($"notifications/{Before.Message}")).Text("subject").ShouldBe("Your order 4711");
        (await grace.Get($"files/{Before.File}")).Text("file_name").ShouldBe("invoice.txt");
        (
            await grace.Post(
                "notifications/email",
                new
                {
                    recipient = "ada@example.com",
                    subject = "Thanks",
                    body = "It is paid.",
                }
            )
        ).Status.ShouldBe(202);
        (await service.At("platform").SignIn(Service.PlatformAdmin, Before.Password)).Token.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_schema_that_grew_equals_one_that_is_new()
    {
        var database = await PreviousRelease.Restore(cluster);
        (await Catalogue(database)).ShouldNotBe(await Catalogue(await cluster.NewDatabase())); // or else there is nothing to see

        (await OperatorCommand.Run(["migrate"], cluster.Variables(database))).Code.ShouldBe(0);

        (await Catalogue(database)).ShouldBe(await Catalogue(await cluster.NewDatabase()));
    }

    [Fact]
    public async Task What_a_dry_run_prints_is_what_would_run_and_it_changes_nothing()
    {
        var database = await PreviousRelease.Restore(cluster);
        var before = await Catalogue(database);

        var (code, script) = await OperatorCommand.Run(["migrate", "--dry-run"], cluster.Variables(database));

        code.ShouldBe(0, script);
        (await Catalogue(database)).ShouldBe(before);
        (await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(database))).Code.ShouldBe(2);
        await Play(database, script);
        // Permissions come by the command itself, as the last line of the script says.
        WithoutPermissions(await Catalogue(database))
            .ShouldBe(WithoutPermissions(await Catalogue(await cluster.NewDatabase())));
        var (status, told) = await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(database));
        status.ShouldBe(0, told);
    }

    /// <summary>
    /// By psql, statement after statement, as an operator would: an index that is built beside the traffic goes with no
    /// other.
    /// </summary>
    private async Task Play(string database, string script)
    {
        Script.Need("/usr/bin", "psql");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        var url = cluster.Variables(database)["MIGRATION_DATABASE_URL"].Split('?')[0]; // the rest is for our driver
        var (code, _, errors) = await Script.Run(
            ["-c", "psql \"$0\" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file \"$1\"", url, file],
            []
        );
        File.Delete(file);
        code.ShouldBe(0, errors);
    }

    private static IEnumerable<string> WithoutPermissions(IEnumerable<string> catalogue) =>
        catalogue.Where(line => !line.StartsWith("permission ", StringComparison.Ordinal));

    private Task<List<string>> Rows(string database) =>
        Lines(
            database,
            """
            SELECT c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), true, true, '')))[1]
            FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('schema_migrations', 'permissions', 'role_permissions') ORDER BY 1
            """
        );

    /// <summary>
    /// All that a migration can make, line by line; but for the months of the audit log, which come with time.
    /// </summary>
    private Task<List<string>> Catalogue(string database) =>
        Lines(
            database,
            """
            WITH tables AS (SELECT c.* , c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE n.nspname IN ('public', 'audit_months') AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relname !~ '^m\d{4}_\d\d$'),
                 functions AS (SELECT * FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
                 lines AS (
                SELECT format('relation %s %s of %s, row security %s %s, options %s', relkind, name, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions) AS line FROM tables
                UNION ALL SELECT format('column %s.%s %s%s default %s identity %s generated %s collation %s grants %s', t.name, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END,
                                 pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attcollation, (SELECT array_agg(x ORDER BY x) FROM unnest(a.attacl::text[]) x))
                          FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
                UNION ALL SELECT format('constraint %s on %s %s valid %s', c.conname, t.name, pg_get_constraintdef(c.oid), c.convalidated) FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype <> 'n' -- a row of its own from PostgreSQL 18 on; the column tells it
                UNION ALL SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid) FROM tables t JOIN pg_index i ON i.indrelid = t.oid
                UNION ALL SELECT format('trigger %s enabled %s', pg_get_triggerdef(g.oid), g.tgenabled) FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
                UNION ALL SELECT format('policy %s on %s %s %s %s to %s check %s', p.polname, t.name, p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), p.polroles::regrole[], pg_get_expr(p.polwithcheck, p.polrelid))
                          FROM tables t JOIN pg_policy p ON p.polrelid = t.oid
                UNION ALL SELECT format('function %s of %s', pg_get_functiondef(oid), proowner::regrole) FROM functions
                UNION ALL SELECT format('grant %s on %s to %s', g.privilege_type, t.name, g.grantee::regrole) FROM tables t, aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) g
                UNION ALL SELECT format('grant %s on %s to %s', g.privilege_type, f.oid::regprocedure, g.grantee::regrole) FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) g
                UNION ALL SELECT format('grant %s on schema %s to %s', g.privilege_type, n.nspname, g.grantee::regrole) FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g WHERE n.nspname IN ('public', 'audit_months')
                UNION ALL SELECT format('type %s', t.oid::regtype) FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
                UNION ALL SELECT format('permission %s', name) FROM permissions)
            SELECT line FROM lines ORDER BY line
            """
        );

    private async Task<List<string>> Lines(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(cluster.AdminOf(database).ConnectionString)
            {
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(reader.GetString(0));
        return lines;
    }
}
