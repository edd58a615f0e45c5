using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Migrations;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>
/// No migration since the first release holds up those who are served, or takes away what the version before needs; and
/// the lint that says so is tried itself.
/// </summary>
public sealed partial class MigrationLintTests(MigrationLintTests.OneDatabase shared, Cluster cluster)
    : IClassFixture<MigrationLintTests.OneDatabase>
{
    /// <summary>
    /// The baseline runs where nobody is served yet. No release makes this list longer: what one is to accept stands on
    /// the migration.
    /// </summary>
    private const string LastExempt = Baseline.Id;
    private const int Exempt = 1;

    /// <summary>Of the version before, which does not call them any more.</summary>
    private static readonly string[] Dropped =
    [
        "door_read_mailbox(text,integer)",
        "door_take_mail_request()",
        "door_next_purge(timestamp with time zone)",
        "door_claim_messages(text,uuid,integer,interval,uuid)",
        "rotate_refresh_token(bytea,bytea,uuid,timestamp with time zone,interval,interval)",
    ];

    [Fact]
    public async Task No_migration_blocks_requests_or_removes_what_is_in_use()
    {
        foreach (var (id, (findings, accepted)) in await shared.Findings())
        {
            findings
                .Where(finding => !accepted.Any(one => finding.Contains(one.Finding, StringComparison.Ordinal)))
                .ShouldBeEmpty($"{id}: docs/migrations.md tells how each is mended, or accepted with a reason.");
            accepted
                .Where(one => !findings.Any(finding => finding.Contains(one.Finding, StringComparison.Ordinal)))
                .Select(one => one.Finding)
                .ShouldBeEmpty($"{id}: it is accepted, and not found: take the attribute away.");
            accepted.ShouldAllBe(one => one.Because.Length > 20);
        }
    }

    [Fact]
    public async Task Redefining_the_functions_neither_blocks_nor_breaks_the_previous_version()
    {
        var database = await PreviousRelease.Restore(cluster);
        await using var schema = new SchemaMigrations(cluster.Settings(database).MigrationDatabase);
        await using var owner = new NpgsqlConnection(cluster.Settings(database).MigrationDatabase.ConnectionString);
        await owner.OpenAsync(TestContext.Current.CancellationToken);
        // The other test looks at statements that cannot run inside a transaction.
        var script = Concurrent().Replace(await schema.Script(CancellationToken.None), "");

        var findings = await new MigrationLint(owner).Findings(
            schema.Commands("29990101000000_Written", new WrittenMigration(Transactions().Replace(script, ""))),
            null,
            isKept: false
        );

        script.ShouldContain("CREATE OR REPLACE FUNCTION");
        findings
            .Where(finding => !Dropped.Any(function => finding.Contains(' ' + function, StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"^(CREATE|DROP)( UNIQUE)? INDEX CONCURRENTLY [^;]+;", RegexOptions.Multiline)]
    private static partial Regex Concurrent();

    [GeneratedRegex("^(BEGIN|COMMIT);$", RegexOptions.Multiline)]
    private static partial Regex Transactions();

    [Fact]
    public void What_is_exempt_does_not_grow()
    {
        using var schema = new Unopened();

        schema.Migrations.Steps.Count(step => string.CompareOrdinal(step.Id, LastExempt) <= 0).ShouldBe(Exempt);
        schema.Migrations.Steps[Exempt - 1].Id.ShouldBe(LastExempt);
    }

    [Theory]
    [InlineData("CREATE INDEX ix ON users (created_at)", "reads users from end to end and holds users (Share)")]
    [InlineData("DO $$ BEGIN EXECUTE 'CREATE INDEX ix ON users (created_at)'; END $$", "reads users from end to end")]
    [InlineData("ALTER TABLE users ADD COLUMN lot uuid DEFAULT gen_random_uuid()", "writes users anew")]
    [InlineData("ALTER TABLE users ADD COLUMN lot int NOT NULL", "column users.lot has to be filled")]
    [InlineData("ALTER TABLE request_days ALTER requests TYPE numeric", "writes request_days anew")]
    [InlineData("ALTER TABLE users ALTER locale TYPE varchar(400)", "column users.locale text is gone")]
    [InlineData(
        "ALTER TABLE users ALTER last_name SET NOT NULL",
        "reads users from end to end and holds users (AccessExclusive)"
    )]
    [InlineData("ALTER TABLE users ALTER last_name SET NOT NULL", "a row without users.last_name is gone")]
    [InlineData("ALTER TABLE users ADD CONSTRAINT tried CHECK (email <> '')", "reads users from end to end")]
    [InlineData(
        "ALTER TABLE users ADD CONSTRAINT tried CHECK (email <> '') NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT tried",
        "reads users from end to end"
    )]
    [InlineData(
        "ALTER TABLE audit_heads ADD CONSTRAINT tried FOREIGN KEY (tenant_id, id) REFERENCES users (tenant_id, id)",
        "reads audit_heads from end to end"
    )]
    [InlineData("ALTER TABLE users ADD CONSTRAINT tried UNIQUE (tenant_id, created_at)", "reads users from end to end")]
    [InlineData("ALTER TABLE users DROP COLUMN locale", "column users.locale text is gone")]
    [InlineData("ALTER TABLE users RENAME COLUMN locale TO language", "column users.locale text is gone")]
    [InlineData("ALTER TABLE devices RENAME TO gadgets", "table devices is gone")]
    [InlineData("DROP TABLE devices", "table devices is gone")]
    [InlineData(
        "DROP FUNCTION rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval, boolean)",
        "function rotate_refresh_token("
    )]
    [InlineData("ALTER FUNCTION access_of_user(uuid) RENAME TO rights_of_user", "function access_of_user(uuid)")]
    [InlineData("DROP TRIGGER tell_switch ON users", "trigger tell_switch on users is gone")]
    [InlineData("DROP INDEX ux_permissions_name", "index ux_permissions_name is gone")]
    [InlineData("REVOKE UPDATE ON users FROM tenantry_serving", "grant UPDATE on users to tenantry_serving is gone")]
    [InlineData(
        "UPDATE users SET locale = 'en'; ALTER TABLE users ADD COLUMN lot int",
        "reads users from end to end and holds users (AccessExclusive)"
    )]
    [InlineData("UPDATE users SET locale = 'en'", "changes rows of users from end to end")]
    [InlineData(
        "CREATE TABLE loose (tenant_id uuid NOT NULL); GRANT SELECT ON loose TO tenantry_serving",
        "table loose has no row-level security"
    )]
    [InlineData(
        "CREATE TABLE loose (tenant_id uuid NOT NULL); ALTER TABLE loose ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON loose USING (true); GRANT SELECT ON loose TO tenantry_serving",
        "table loose has no row-level security"
    )]
    [InlineData(
        "CREATE TABLE loose (tenant_id uuid NOT NULL); ALTER TABLE loose ENABLE ROW LEVEL SECURITY; ALTER TABLE loose FORCE ROW LEVEL SECURITY; CREATE POLICY p ON loose USING (true)",
        "table loose is granted to nobody"
    )]
    public async Task Harm_is_found(string sql, string finding) =>
        (await shared.Findings(new WrittenMigration(sql))).ShouldContain(
            found => found.Contains(finding),
            $"found: {string.Join("; ", await shared.Findings(new WrittenMigration(sql)))}"
        );

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY ix ON users (created_at)", true)]
    [InlineData("ALTER TABLE users ADD COLUMN lot int", false)]
    [InlineData("ALTER TABLE users ADD COLUMN lot int NOT NULL DEFAULT 0", false)]
    [InlineData("ALTER TABLE users ADD COLUMN lot timestamptz NOT NULL DEFAULT now()", false)]
    [InlineData("ALTER TABLE users ADD CONSTRAINT tried CHECK (email <> '') NOT VALID", false)]
    [InlineData(
        "ALTER TABLE audit_heads ADD CONSTRAINT tried FOREIGN KEY (tenant_id, id) REFERENCES users (tenant_id, id) NOT VALID",
        false
    )]
    [InlineData(
        "CREATE OR REPLACE FUNCTION audit_id_at(at_time timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS 'SELECT NULL::uuid'",
        false
    )]
    [InlineData("CREATE TRIGGER tried AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION tell_change()", false)]
    [InlineData(
        "CREATE TABLE kept (tenant_id uuid NOT NULL REFERENCES tenants, at timestamptz NOT NULL); CREATE INDEX ix ON kept (at); ALTER TABLE kept ENABLE ROW LEVEL SECURITY; ALTER TABLE kept FORCE ROW LEVEL SECURITY; CREATE POLICY p ON kept USING (true); GRANT SELECT ON kept TO tenantry_serving",
        false
    )]
    public async Task The_lint_accepts_statements_that_do_not_block(string sql, bool isOutside) =>
        (await shared.Findings(new WrittenMigration(sql, isOutside))).ShouldBeEmpty();

    [Fact]
    public async Task A_check_is_validated_by_a_migration_of_its_own_and_then_a_column_may_demand_a_value()
    {
        await shared.Run("ALTER TABLE users ADD CONSTRAINT locale_is_there CHECK (locale IS NOT NULL) NOT VALID");

        (
            await shared.Findings(new WrittenMigration("ALTER TABLE users VALIDATE CONSTRAINT locale_is_there"))
        ).ShouldBeEmpty();
        await shared.Run("ALTER TABLE users VALIDATE CONSTRAINT locale_is_there");
        // That nothing is read is one question; that the version before may leave it out is another.
        (await shared.Findings(new WrittenMigration("ALTER TABLE users ALTER locale SET NOT NULL")))
            .ShouldHaveSingleItem()
            .ShouldContain("a row without users.locale is gone");
        await shared.Run("ALTER TABLE users DROP CONSTRAINT locale_is_there");
    }

    [Fact]
    public async Task What_stands_outside_a_transaction_stands_alone_and_has_to()
    {
        (await shared.Findings(new WrittenMigration("ALTER TABLE users ADD COLUMN lot int", isOutside: true)))
            .ShouldHaveSingleItem()
            .ShouldContain("though it could stand inside");
        (
            await shared.Findings(
                new WrittenMigration(builder =>
                {
                    builder.Sql("ALTER TABLE users ADD COLUMN lot int");
                    builder.Sql("CREATE INDEX CONCURRENTLY ix ON users (created_at)", suppressTransaction: true);
                })
            )
        ).ShouldHaveSingleItem().ShouldContain("a migration of its own");
    }

    /// <summary>The migrations of this version, without a database.</summary>
    private sealed class Unopened : IDisposable
    {
        public SchemaMigrations Migrations { get; } =
            new(new NpgsqlConnectionStringBuilder("Host=localhost;Database=none"));

        public void Dispose() => Migrations.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Brought up to what is exempt, then migrated under the eyes of the lint; the examples are taken back each.
    /// </summary>
    public sealed class OneDatabase(Cluster cluster) : IAsyncLifetime
    {
        private readonly SemaphoreSlim one = new(1);
        private readonly Dictionary<string, (IReadOnlyList<string>, IReadOnlyList<AcceptedAttribute>)> findings = new(
            StringComparer.Ordinal
        );
        private SchemaMigrations schema = null!;
        private NpgsqlConnection owner = null!;

        public async ValueTask InitializeAsync()
        {
            var settings = cluster.Settings("lint_" + Guid.NewGuid().ToString("N"));
            await DatabaseSetup.Create(
                cluster.Admin,
                settings.MigrationDatabase,
                settings.Database,
                null,
                CancellationToken.None
            );
            schema = new SchemaMigrations(settings.MigrationDatabase);
            var all = schema.Steps;
            schema.Steps = [.. all.Where(step => string.CompareOrdinal(step.Id, LastExempt) <= 0)];
            try
            {
                await schema.Apply((_, _) => Task.CompletedTask, CancellationToken.None);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedColumn)
            {
                // Functions and triggers of this version need columns of the migrations below. They follow those.
            }
            owner = new NpgsqlConnection(settings.MigrationDatabase.ConnectionString);
            await owner.OpenAsync();
            foreach (var (id, migration) in all.Skip(schema.Steps.Count))
                findings[id] = (
                    await new MigrationLint(owner).Findings(
                        schema.Commands(id, migration),
                        migration.TargetModel,
                        isKept: true
                    ),
                    [.. migration.GetType().GetCustomAttributes<AcceptedAttribute>()]
                );
            schema.Steps = all;
            await schema.Apply((_, _) => Task.CompletedTask, CancellationToken.None);
        }

        public Task<
            Dictionary<string, (IReadOnlyList<string> Found, IReadOnlyList<AcceptedAttribute> Accepted)>
        > Findings() => Task.FromResult(findings);

        public async Task<IReadOnlyList<string>> Findings(WrittenMigration migration)
        {
            await one.WaitAsync();
            try
            {
                return await new MigrationLint(owner).Findings(
                    schema.Commands("29990101000000_Written", migration),
                    null,
                    isKept: false
                );
            }
            finally
            {
                one.Release();
            }
        }

        public async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, owner);
            await command.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await owner.DisposeAsync();
            await schema.DisposeAsync();
            one.Dispose();
        }
    }
}
