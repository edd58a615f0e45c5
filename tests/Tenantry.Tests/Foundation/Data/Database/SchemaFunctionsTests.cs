using System.Text.RegularExpressions;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// Each function of the database has one home, and <c>tenantry migrate</c> brings the database in step with it.
/// </summary>
public sealed partial class SchemaFunctionsTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_file_defines_one_function_of_its_name_and_says_who_may_call_it()
    {
        SchemaFunctions.All.Count.ShouldBe(
            Directory
                .EnumerateFiles(
                    Path.Combine(Repository.Root, "src/Tenantry/Foundation/Data/Functions"),
                    "*.sql",
                    SearchOption.AllDirectories
                )
                .Count()
        );
        foreach (var function in SchemaFunctions.All)
        {
            Definition().Count(function.Text).ShouldBe(1, function.Name);
            function.Signature.ShouldStartWith(function.Name + "(");
            function.Text.ShouldMatch("^-- [A-Z][^\n]{20,}", function.Name);
            function.Header("Index").ShouldNotBeEmpty();
            if (function.IsCrossTenant || function.Text.Contains("LANGUAGE plpgsql", StringComparison.Ordinal)) // PostgreSQL writes one in SQL into the statement that calls it, if it sets nothing
                function.Text.ShouldContain("SET search_path", Case.Sensitive, function.Name);
            Regex
                .IsMatch(function.Text, @"^(\w+ )*SECURITY DEFINER\b", RegexOptions.Multiline)
                .ShouldBe(function.IsCrossTenant, function.Name);
            function.Text.ShouldNotMatch(
                @"(?m)^\s*CREATE (OR REPLACE )?FUNCTION \w+\([^)]*\b(DEFAULT|=)",
                function.Name
            ); // GRANT takes no defaults
            function.MayCall.ShouldAllBe(role =>
                role == TenantPolicy.ServingRole || role == TenantPolicy.CrossTenantRole
            );
        }
    }

    [Fact]
    public async Task Each_index_that_a_file_names_is_there()
    {
        var there = await shared.Service.Ask<string[]>(
            "SELECT array_agg(indexname::text) FROM pg_indexes WHERE schemaname = 'public'"
        );

        SchemaFunctions
            .All.SelectMany(function => Index().Matches(function.Header("Index")).Select(index => index.Value))
            .Except(there!, StringComparer.Ordinal)
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task The_functions_of_the_database_are_those_of_the_files_with_their_rights()
    {
        var service = shared.Service;
        var there = (
            await service.Ask<string[]>(
                $$"""
                SELECT array_agg(p.proname || ' by ' || coalesce((SELECT string_agg(CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ' ORDER BY g.grantee::regrole::text DESC)
                                                                   FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g WHERE g.grantee <> p.proowner), 'nobody') || ' as ' || p.proowner::regrole)
                FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
                """
            )
        )!.Order(StringComparer.Ordinal);

        there.ShouldBe(
            SchemaFunctions
                .All.Select(function =>
                    $"{function.Name} by {(function.MayCall.Count == 0 ? "nobody" : string.Join(", ", function.MayCall))} as {(function.IsCrossTenant ? TenantPolicy.CrossTenantRole : "tenantry_owner")}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Each_file_names_its_callers_and_has_some()
    {
        var constants = typeof(DatabaseFunctions)
            .GetFields()
            .ToDictionary(field => (string)field.GetRawConstantValue()!, field => field.Name, StringComparer.Ordinal);
        var sources = Sources()
            .Select(file =>
                (
                    file.Path,
                    Text: string.Join(
                        '\n',
                        file.Text.Split('\n')
                            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                    )
                )
            )
            .ToList();
        foreach (var function in SchemaFunctions.All)
        {
            var inCode = constants.TryGetValue(function.Name, out var constant)
                ? sources
                    .Where(file => Regex.IsMatch(file.Text, $@"\bDatabaseFunctions\.{constant}\b"))
                    .Select(file => Path.GetFileName(file.Path))
                : [];
            var inSql = SchemaFunctions
                .All.Where(other => other != function && Regex.IsMatch(other.Code, $@"\b{function.Name}\("))
                .Select(other => other.Name + ".sql");
            var below =
                Regex.IsMatch(function.Text, $@"EXECUTE FUNCTION {function.Name}\(") ? "triggers below"
                : function.Text.Contains("CREATE POLICY", StringComparison.Ordinal) ? "policies below"
                : "";

            var callers = new[]
            {
                string.Join(", ", inCode.Order(StringComparer.Ordinal)),
                string.Join(", ", inSql.Order(StringComparer.Ordinal)),
                below,
            }
                .Where(part => part.Length > 0)
                .ToList();

            if (callers.Count == 0)
                callers.Add("the version before"); // for one release: then the file goes, and a migration drops the function
            function
                .Header("Callers")
                .ShouldBe(
                    string.Join("; ", callers),
                    $"{function.Name}: docs/migrations.md tells how one goes that nobody calls."
                );
        }
        constants
            .Keys.Except(SchemaFunctions.All.Select(function => function.Name), StringComparer.Ordinal)
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_service_names_functions_by_their_constants_alone()
    {
        var named = new Regex($@"\b({string.Join('|', SchemaFunctions.All.Select(function => function.Name))})\s*\(");

        // As PostgreSQL prints a policy, words for the operator, and functions that are gone.
        Sources()
            .Where(file =>
                Path.GetFileName(file.Path)
                    is not ("CrossTenantRoleCheck.cs" or "MigrateCommand.cs" or "BaselineAdoption.cs")
            )
            .SelectMany(file =>
                file.Text.Split('\n')
                    .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && named.IsMatch(line))
                    .Select(line => $"{file.Path}: {line.Trim()}")
            )
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        "CREATE OR REPLACE FUNCTION tell_message() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; COMMENT ON FUNCTION tell_message() IS 'tenantry 0 0.0.1'",
        true
    )]
    [InlineData("DROP FUNCTION tell_message() CASCADE", true)]
    [InlineData("DROP TRIGGER tell_again ON notification_logs", false)]
    public async Task The_migration_redefines_a_function_that_differs_and_no_other(string change, bool keepsFromServing)
    {
        var database = await cluster.NewDatabase();
        var before = await Defined(database);
        await Run(database, change);
        (await Defined(database)).ShouldNotBe(before);

        var (code, output) = await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(database));
        code.ShouldBe(2, output);
        output.ShouldContain("The schema is behind by 1 function: run");
        output.ShouldMatch("function tell_message +pending\n");
        if (keepsFromServing)
        {
            (code, output) = await OperatorCommand.Run(["serve"], cluster.Variables(database));
            code.ShouldBe(1, output);
            output.ShouldContain("lacks 1 function(s) of this version: tell_message. Run 'tenantry migrate' first.");
        }
        (code, output) = await OperatorCommand.Run(["migrate", "--dry-run"], cluster.Variables(database));
        code.ShouldBe(0, output);
        output.ShouldContain("-- notifications/tell_message.sql\n");
        output.ShouldNotContain("door_sweep");

        (code, output) = await OperatorCommand.Run(["migrate"], cluster.Variables(database));

        code.ShouldBe(0, output);
        output.ShouldBe("Functions: tell_message\n");
        (await Defined(database)).ShouldBe(before);
        (await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(database))).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Rights_that_a_file_does_not_give_any_more_are_taken_away()
    {
        var database = await cluster.NewDatabase();
        await Run(
            database,
            "GRANT EXECUTE ON FUNCTION tell_message() TO tenantry_serving, PUBLIC; COMMENT ON FUNCTION tell_message() IS 'tenantry 0 0.0.1'"
        );

        (await OperatorCommand.Run(["migrate"], cluster.Variables(database))).Code.ShouldBe(0);

        (
            await Ask<bool>(
                database,
                "SELECT has_function_privilege('tenantry_serving', 'tell_message()', 'EXECUTE') OR has_function_privilege('tenantry_app', 'tell_message()', 'EXECUTE')"
            )
        ).ShouldBeFalse();
    }

    [Fact]
    public async Task A_function_that_another_version_defined_does_not_prevent_the_start()
    {
        var database = await cluster.NewDatabase();
        var release = SchemaMigrations.Version.Split('+')[0];
        await Run(
            database,
            $"""
            COMMENT ON FUNCTION tell_message() IS 'tenantry 0 99.0.0+1234567';
            COMMENT ON FUNCTION tell_change() IS 'tenantry 0 {release}+1234567';
            GRANT CREATE ON SCHEMA public TO tenantry_doors;
            SET ROLE tenantry_doors;
            CREATE FUNCTION count_tenants() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1::bigint';
            GRANT EXECUTE ON FUNCTION count_tenants() TO tenantry_serving;
            COMMENT ON FUNCTION count_tenants() IS 'tenantry 0 99.0.0+1234567';
            RESET ROLE;
            REVOKE CREATE ON SCHEMA public FROM tenantry_doors
            """
        );

        await using (var service = await cluster.Start(database))
            (await service.At().Get("/health/ready")).Status.ShouldBe(200);
        var (code, output) = await OperatorCommand.Run(["migrate"], cluster.Variables(database));

        // Of one release number, the file of whoever migrates last counts; of a later one, that of the later.
        code.ShouldBe(0, output);
        output.ShouldBe("Functions: tell_change\n");
        await Run(database, "SET ROLE tenantry_doors; COMMENT ON FUNCTION count_tenants() IS 'by hand'");
        (await Should.ThrowAsync<TenantIsolationException>(() => cluster.Start(database))).Message.ShouldContain(
            "count_tenants"
        );
    }

    /// <summary>
    /// Requests come to tenants first and to the audit log last. Whoever locks the tables of triggers in another order
    /// makes a circle of those that wait, and one of them is refused.
    /// </summary>
    [Fact]
    public async Task Functions_are_applied_beside_a_change_that_is_under_way()
    {
        var database = await cluster.NewDatabase();
        await Run(
            database,
            "COMMENT ON FUNCTION audit_keep() IS 'tenantry 0 0.0.1'; COMMENT ON FUNCTION tenant_keep() IS 'tenantry 0 0.0.1'"
        );
        await using var change = new NpgsqlConnection(cluster.AdminOf(database).ConnectionString);
        await change.OpenAsync(Cancel);
        await using var transaction = await change.BeginTransactionAsync(Cancel);
        await Do("SELECT count(*) FROM tenants");

        await using var schema = new SchemaMigrations(
            cluster.Settings(database).MigrationDatabase,
            new LockTerms(TimeSpan.FromSeconds(30), 5)
        );
        var applied = schema.Apply((_, _) => Task.CompletedTask, Cancel);
        await Eventually.Is(async () =>
            await Ask<bool>(
                database,
                "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'tenants'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted)"
            )
        );
        await Do("LOCK TABLE audit_events IN ROW EXCLUSIVE MODE");
        await transaction.CommitAsync(Cancel);

        (await applied).Functions.ShouldBe(["audit_keep", "tenant_keep"]);

        async Task Do(string sql)
        {
            await using var command = new NpgsqlCommand(sql, change, transaction);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    [Theory]
    [InlineData("ALTER TABLE users ADD COLUMN nickname text", "unexpected: column users.nickname text")]
    [InlineData("ALTER TABLE users ALTER locale SET DEFAULT 'de'", "missing: column users.locale text")]
    [InlineData(
        "DROP INDEX ux_users_email; CREATE UNIQUE INDEX ux_users_email ON users (email_normalized, tenant_id)",
        "missing: index ux_users_email on users (tenant_id, email_normalized) unique"
    )]
    [InlineData(
        "ALTER TABLE devices DROP CONSTRAINT fk_devices_tenants_tenant_id; ALTER TABLE devices ADD CONSTRAINT fk_devices_tenants_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants ON DELETE CASCADE",
        "on delete c"
    )]
    [InlineData(
        "GRANT UPDATE ON audit_events TO tenantry_serving",
        "unexpected: grant UPDATE on audit_events to tenantry_serving"
    )]
    [InlineData(
        "DELETE FROM schema_migrations WHERE migration_id = '20261130011000_OwnMailsByAddress'",
        "Run 'tenantry migrate' of commit ee3a9ea first"
    )]
    public async Task A_database_from_before_the_baseline_that_differs_from_it_is_refused_and_left_as_it_is(
        string change,
        string told
    )
    {
        var database = await PreviousRelease.Restore(cluster);
        await Cluster.Execute(cluster.AdminOf(database), change);

        var (code, output) = await OperatorCommand.Run(["migrate"], cluster.Variables(database));

        code.ShouldBe(1, output);
        output.ShouldContain(told);
        (
            await Ask<bool>(
                database,
                "SELECT NOT EXISTS (SELECT FROM schema_migrations WHERE migration_id LIKE '%Baseline') AND obj_description('tell_message()'::regprocedure) IS NULL"
            )
        ).ShouldBeTrue();
    }

    private Task<string> Defined(string database) =>
        Ask<string>(
            database,
            """
            SELECT coalesce((SELECT prosrc FROM pg_proc WHERE proname = 'tell_message'), '') || coalesce((SELECT string_agg(pg_get_triggerdef(t.oid), ' ' ORDER BY tgname) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'tell_message'), '')
            """
        );

    private static IEnumerable<(string Path, string Text)> Sources() =>
        Repository.Sources().Where(source => !source.Path.EndsWith("/DatabaseFunctions.cs", StringComparison.Ordinal));

    private async Task Run(string database, string sql) =>
        await Cluster.Execute(cluster.Settings(database).MigrationDatabase, sql);

    private async Task<T> Ask<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(cluster.Settings(database).MigrationDatabase);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Cancel))!;
    }

    [GeneratedRegex(@"^\s*CREATE (OR REPLACE )?FUNCTION\b", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\b(pk|ix|ux)_\w+")]
    private static partial Regex Index();
}
