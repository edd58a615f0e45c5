using System.Diagnostics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Data.Database;

/// <summary>Migrations beside those who are served: who waits for whom, and for how long.</summary>
public sealed class SchemaMigrationsTests(Cluster cluster)
{
    private const string Written = "29990101000000_Written";
    private static readonly LockTerms Patient = new(TimeSpan.FromSeconds(60), 1);
    private static readonly LockTerms Short = new(TimeSpan.FromMilliseconds(200), 1000);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_migrations_at_once_one_waits_and_finds_nothing_to_do()
    {
        var database = await cluster.NewDatabase();
        await using var gate = await Open(database, "SELECT pg_advisory_lock(4711)");
        var migration = new WrittenMigration(
            "SELECT pg_advisory_xact_lock(4711); ALTER TABLE users ADD COLUMN lot int"
        );
        var waits = new TaskCompletionSource<string>();
        await using var one = Schema(database, migration, Patient);
        await using var other = Schema(database, migration, Patient, waits.SetResult);

        var first = one.Apply(Nothing, Cancel);
        await Until(
            database,
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        );
        var second = other.Apply(Nothing, Cancel);

        (await waits.Task.WaitAsync(Patience.Of, Cancel)).ShouldContain("Another migration is running");
        second.IsCompleted.ShouldBeFalse();
        // Readiness of those who serve reads it all the time; EF's own migrator would lock it until the end.
        await Run(database, "SET statement_timeout = 5000; SELECT count(*) FROM schema_migrations");
        await gate.DisposeAsync();
        (await first).Migrations.ShouldBe([Written]);
        (await second).Migrations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_migration_that_is_killed_leaves_its_turn_to_the_next()
    {
        var database = await PreviousRelease.Restore(cluster);
        await using var holder = await Open(database, "BEGIN; LOCK TABLE notification_logs IN ROW EXCLUSIVE MODE");
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(Program).Assembly.Location, "migrate", "--lock-timeout", "60"]
        )
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["MIGRATION_DATABASE_URL"] = cluster.Variables(database)["MIGRATION_DATABASE_URL"];
        using var process = Process.Start(start)!;
        await Until(
            database,
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'notification_logs'::regclass AND NOT granted)"
        );
        var steppedBack = new TaskCompletionSource<string>();

        process.Kill();
        await process.WaitForExitAsync(Cancel);
        await using var next = new SchemaMigrations(
            cluster.Settings(database).MigrationDatabase,
            Short,
            said =>
            {
                if (said.Contains("did not get a lock", StringComparison.Ordinal))
                    steppedBack.TrySetResult(said);
            }
        );
        var applied = next.Apply(Nothing, Cancel);

        (await steppedBack.Task.WaitAsync(Patience.Of, Cancel)).ShouldContain("A change of functions");
        // Its statement went with it: nobody stands behind the lock that it wanted.
        await Until(
            database,
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query_start < now() - interval '1 second')"
        );
        await holder.DisposeAsync();
        (await applied).Functions.ShouldNotBeEmpty(); // what the one before had ended stays done: the baseline
    }

    [Fact]
    public async Task A_migration_behind_a_long_transaction_steps_back_and_lets_the_others_through()
    {
        var database = await cluster.NewDatabase();
        await using var transaction = await Open(database, "BEGIN; SELECT count(*) FROM users");
        var steppedBack = new SemaphoreSlim(0);
        await using var schema = Schema(
            database,
            new WrittenMigration("ALTER TABLE users ADD COLUMN lot int"),
            Short,
            _ => steppedBack.Release()
        );

        var applied = schema.Apply(Nothing, Cancel);
        (await steppedBack.WaitAsync(Patience.Of, Cancel)).ShouldBeTrue("it should give up its place");
        await using var reader = await Open(database, "SET statement_timeout = 10000");
        var slowest = TimeSpan.Zero;
        for (var tries = 0; tries < 2; )
        {
            var watch = Stopwatch.StartNew();
            await Run(reader, "SELECT count(*) FROM users");
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            tries += steppedBack.Wait(0, Cancel) ? 1 : 0;
        }

        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5)); // 0.2 s on a quiet machine
        applied.IsCompleted.ShouldBeFalse();
        await transaction.DisposeAsync();
        (await applied).Migrations.ShouldBe([Written]);
    }

    [Fact]
    public async Task A_migration_that_gets_no_lock_at_all_ends_with_words_and_changes_nothing()
    {
        var database = await cluster.NewDatabase();
        await using var transaction = await Open(database, "BEGIN; SELECT count(*) FROM users");
        await using var schema = Schema(
            database,
            new WrittenMigration("ALTER TABLE roles ADD COLUMN lot int; ALTER TABLE users ADD COLUMN lot int"),
            new LockTerms(TimeSpan.FromMilliseconds(50), 2)
        );

        var refused = await Should.ThrowAsync<MigrationLockException>(() => schema.Apply(Nothing, Cancel));

        refused.Message.ShouldContain("in 2 tries of 0.1 s");
        refused.Message.ShouldContain("pg_stat_activity");
        (await schema.States(Cancel)).Single(state => state.Id == Written).IsApplied.ShouldBeFalse();
        (await Ask(database, "SELECT EXISTS (SELECT FROM pg_attribute WHERE attname = 'lot')")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_failed_index_build_leaves_an_invalid_index_and_the_next_run_rebuilds_it()
    {
        var database = await cluster.NewDatabase();
        await Run(
            database,
            "INSERT INTO seen_feedback (id, seen_at) SELECT gen_random_uuid(), '2026-01-01' FROM generate_series(1, 2)"
        );
        await using var schema = Schema(database, Index(isUnique: true), Short);

        (await Should.ThrowAsync<PostgresException>(() => schema.Apply(Nothing, Cancel))).SqlState.ShouldBe(
            PostgresErrorCodes.UniqueViolation
        );
        (
            await Ask(database, "SELECT NOT indisvalid FROM pg_index WHERE indexrelid = 'ix_written'::regclass")
        ).ShouldBeTrue();
        (await schema.States(Cancel)).Single(state => state.Id == Written).IsApplied.ShouldBeFalse();

        await Run(database, "DELETE FROM seen_feedback WHERE id = (SELECT id FROM seen_feedback LIMIT 1)");
        (await schema.Apply(Nothing, Cancel)).Migrations.ShouldBe([Written]);
        (
            await Ask(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_written'::regclass")
        ).ShouldBeTrue();
    }

    /// <summary>
    /// It waits for whoever has a snapshot that is older. A second migration that waited within a statement would have
    /// one.
    /// </summary>
    [Fact]
    public async Task An_index_is_made_while_others_write_and_while_a_second_migration_waits()
    {
        var database = await cluster.NewDatabase();
        await using var old = await Open(
            database,
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM seen_feedback"
        );
        var waits = new TaskCompletionSource<string>();
        await using var one = Schema(database, Index(isUnique: false), Short);
        await using var other = Schema(database, Index(isUnique: false), Short, waits.SetResult);

        var first = one.Apply(Nothing, Cancel);
        await Until(
            database,
            "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase LIKE 'waiting%')"
        );
        var second = other.Apply(Nothing, Cancel);
        await waits.Task.WaitAsync(Patience.Of, Cancel);
        await Run(
            database,
            "SET statement_timeout = 5000; INSERT INTO seen_feedback (id, seen_at) VALUES (gen_random_uuid(), now())"
        );
        await old.DisposeAsync();

        (await first.WaitAsync(Patience.Of, Cancel)).Migrations.ShouldBe([Written]);
        (await second.WaitAsync(Patience.Of, Cancel)).Migrations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_migration_is_kept_with_the_version_that_applied_it()
    {
        await using var schema = new SchemaMigrations(cluster.Settings(await cluster.NewDatabase()).MigrationDatabase);

        var states = await schema.States(Cancel);

        states.ShouldAllBe(state =>
            state.IsApplied && state.IsKnown && state.By == SchemaMigrations.Version && state.At != null
        );
        SchemaMigrations.Version.ShouldMatch(@"^\d+\.\d+\.\d+(\+[0-9a-f]{7})?$");
    }

    [Fact]
    public async Task The_migration_status_is_reported_as_exit_code_and_as_text()
    {
        var (behind, current, later) = (
            await PreviousRelease.Restore(cluster),
            await cluster.NewDatabase(),
            await cluster.NewDatabase()
        );
        await Run(
            later,
            $"INSERT INTO schema_migrations (migration_id, product_version, applied_by) VALUES ('{Written}', '10', '9.9.9')"
        );

        var (code, output) = await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(behind));
        code.ShouldBe(2, output);
        output.ShouldMatch(
            @"20261130011000_OwnMailsByAddress +applied  \S+ \S+ by \S+, part of the baseline\n20261130115441_Baseline +pending\n(\d{14}_\w+ +pending\n)*function \w+ +pending\n"
        );
        output.ShouldContain("The schema is behind by ");

        (code, output) = await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(current));
        code.ShouldBe(0, output);
        output.ShouldContain($"by {SchemaMigrations.Version}\n");
        output.ShouldContain("The schema is up to date.");

        (code, output) = await OperatorCommand.Run(["migrate", "--status"], cluster.Variables(later));
        code.ShouldBe(0, output);
        output.ShouldContain("by 9.9.9, unknown to this one");
        output.ShouldContain("1 migration of a later version");
    }

    [Theory]
    [InlineData("--statsu", "--statsu")]
    [InlineData("--status --dry-run", "cannot be used together")]
    [InlineData("--lock-timeout 0", "1 to 60 seconds")]
    [InlineData("now", "'now'")]
    public async Task An_option_that_is_not_there_changes_nothing(string typed, string told)
    {
        var database = await PreviousRelease.Restore(cluster);

        var (code, output) = await OperatorCommand.Run(["migrate", .. typed.Split(' ')], cluster.Variables(database));

        code.ShouldBe(1, output);
        output.ShouldContain(told);
        (await Ask(database, "SELECT count(*) = 35 FROM schema_migrations")).ShouldBeTrue();
    }

    private SchemaMigrations Schema(
        string database,
        WrittenMigration written,
        LockTerms terms,
        Action<string>? tell = null
    )
    {
        var schema = new SchemaMigrations(cluster.Settings(database).MigrationDatabase, terms, tell);
        schema.Steps = [.. schema.Steps, (Written, written)];
        return schema;
    }

    /// <summary>As <c>IsCreatedConcurrently()</c> in a mapping has it written into a migration.</summary>
    private static WrittenMigration Index(bool isUnique) =>
        new(builder =>
            builder
                .CreateIndex("ix_written", "seen_feedback", "seen_at", unique: isUnique)
                .Annotation("Npgsql:CreatedConcurrently", true)
        );

    private static Task Nothing(TenantDb db, CancellationToken cancel) => Task.CompletedTask;

    private async Task<NpgsqlConnection> Open(string database, string sql)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(cluster.AdminOf(database).ConnectionString)
            {
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync(Cancel);
        await Run(connection, sql);
        return connection;
    }

    private Task Run(string database, string sql) => Cluster.Execute(cluster.AdminOf(database), sql);

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<bool> Ask(string database, string sql)
    {
        await using var connection = await Open(database, "SELECT 1");
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private Task Until(string database, string sql) => Eventually.Is(() => Ask(database, sql), sql);
}
