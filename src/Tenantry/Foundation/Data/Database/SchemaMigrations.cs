using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Foundation.Data.Database;

/// <summary>How a migration stands in line for the locks that it needs.</summary>
/// <param name="Wait">for one lock, at most. So long do others stand behind it, as PostgreSQL lets nobody overtake; then it steps back, and they go first</param>
/// <param name="Tries">how often in all, with pauses of one to five times <paramref name="Wait"/> between them</param>
public sealed record LockTerms(TimeSpan Wait, int Tries)
{
    /// <summary>Two seconds, for five minutes.</summary>
    public static LockTerms Usual { get; } = new(TimeSpan.FromSeconds(2), 30);
}

/// <param name="Id">of the migration</param>
/// <param name="IsApplied">whether the database has it</param>
/// <param name="IsKnown">whether this version has it; one that is not is a later version's</param>
/// <param name="By">the version of the service that applied it; null where it was applied before this was noted</param>
/// <param name="At">when</param>
public sealed record MigrationState(string Id, bool IsApplied, bool IsKnown, string? By, DateTimeOffset? At)
{
    /// <summary>Whether a later version brought it. What this version does not know and is older than the baseline is one of those that the baseline replaces.</summary>
    public bool IsLater => !IsKnown && string.CompareOrdinal(Id, Baseline.Id) > 0;
}

/// <param name="Migrations">the ids of those that ran, oldest first</param>
/// <param name="Functions">the names of those that were defined anew</param>
/// <param name="IsAdopted">whether the database, made before the baseline, was noted to have it</param>
public sealed record Applied(IReadOnlyList<string> Migrations, IReadOnlyList<string> Functions, bool IsAdopted);

/// <summary>
/// The migrations of this version held against one database, as its owner: what was applied, what would run, and running it beside those who are served. EF makes the statements; it does not run
/// them, because its migrator locks the table of migrations against every reader until it ends, and readiness reads it.
/// </summary>
public sealed class SchemaMigrations : IAsyncDisposable
{
    // Added to EF's own table, which fills them by their defaults whoever inserts.
    private const string Bookkeeping = $"""
        ALTER TABLE {DatabaseServices.MigrationHistory} ADD COLUMN IF NOT EXISTS applied_by text, ADD COLUMN IF NOT EXISTS applied_at timestamptz;
        ALTER TABLE {DatabaseServices.MigrationHistory} ALTER applied_by SET DEFAULT NULLIF(current_setting('{MigrationTransactions.VersionSetting}', true), ''), ALTER applied_at SET DEFAULT now();
        GRANT SELECT ON {DatabaseServices.MigrationHistory} TO {TenantPolicy.ServingRole};

        """;

    // A SELECT keeps its snapshot until the next statement, though it is over; what needs none has to be the last that the idle transaction said.
    private const string HoldOn = "SET LOCAL idle_in_transaction_session_timeout = 0";

    private readonly NpgsqlDataSource dataSource;
    private readonly TenantDb db;
    private readonly LockTerms terms;
    private readonly Action<string> tell;

    /// <param name="owner">who owns the schema. Not by a pooler that takes statements of its own accord: what is held is held by a connection</param>
    /// <param name="terms">of locks</param>
    /// <param name="tell">what whoever waits wants to know</param>
    public SchemaMigrations(NpgsqlConnectionStringBuilder owner, LockTerms? terms = null, Action<string>? tell = null)
    {
        (this.terms, this.tell) = (terms ?? LockTerms.Usual, tell ?? (_ => { }));
        // A migration of a large table takes its time.
        dataSource = DatabaseServices.DataSource(
            new NpgsqlConnectionStringBuilder(owner.ConnectionString) { CommandTimeout = 0 }
        );
        var options = new DbContextOptionsBuilder<TenantDb>();
        DatabaseServices.Configure(options, dataSource, explainMissingTenant: false);
        options.AddInterceptors(new MigrationTransactions(this.terms.Wait, Version));
        db = new TenantDb(options.Options).WithoutTenant();
        var assembly = db.GetService<IMigrationsAssembly>();
        Steps =
        [
            .. assembly.Migrations.Select(migration =>
                (migration.Key, assembly.CreateMigration(migration.Value, db.Database.ProviderName!))
            ),
        ];
    }

    /// <summary>The version of the service, with its commit where the build knew it.</summary>
    public static string Version { get; } =
        Short(
            typeof(SchemaMigrations)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion
        );

    /// <summary>All migrations of this version, oldest first.</summary>
    internal IReadOnlyList<(string Id, Migration Migration)> Steps { get; set; }

    /// <summary>Every migration that this version or the database knows, oldest first.</summary>
    public async Task<IReadOnlyList<MigrationState>> States(CancellationToken cancel)
    {
        var applied = new Dictionary<string, (string? By, DateTimeOffset? At)>(StringComparer.Ordinal);
        if (await HasHistory(cancel))
        {
            // By way of JSON, as the columns are not there before this version has migrated once.
            await using var command = dataSource.CreateCommand(
                $"SELECT m.migration_id, to_jsonb(m) ->> 'applied_by', (to_jsonb(m) ->> 'applied_at')::timestamptz FROM {DatabaseServices.MigrationHistory} m"
            );
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                applied.Add(
                    reader.GetString(0),
                    (reader.GetStringOrNull(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2))
                );
        }
        var known = Steps.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. known
                .Union(applied.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(id => new MigrationState(
                    id,
                    applied.ContainsKey(id),
                    known.Contains(id),
                    applied.GetValueOrDefault(id).By,
                    applied.GetValueOrDefault(id).At
                )),
        ];
    }

    /// <summary>What <see cref="Apply"/> would run, as SQL. Nothing is changed.</summary>
    public async Task<string> Script(CancellationToken cancel)
    {
        var script = new StringBuilder();
        var pending = await Pending(cancel);
        if (await BaselineAdoption.IsDue(await States(cancel), dataSource, cancel))
        {
            pending.RemoveAll(step => step.Id == Baseline.Id);
            script
                .Append(Bookkeeping)
                .Append(
                    CultureInfo.InvariantCulture,
                    $"\n-- {Baseline.Id}: this database has its schema already\n{Begin}{BaselineAdoption.Script(db).TrimEnd()}\nCOMMIT;\n"
                );
        }
        if (!await HasHistory(cancel))
            script.Append(db.GetService<IHistoryRepository>().GetCreateScript()).Append('\n');
        if (pending.Count > 0)
            script.Append(Bookkeeping);
        foreach (var (id, migration) in pending)
        {
            script.Append(CultureInfo.InvariantCulture, $"\n-- {id}\n");
            var isOpen = false;
            foreach (var command in Commands(id, migration))
            {
                if (isOpen == command.TransactionSuppressed)
                    script.Append(isOpen ? "COMMIT;\n" : Begin);
                isOpen = !command.TransactionSuppressed;
                script.Append(command.CommandText.TrimEnd()).Append('\n');
            }
            script.Append(isOpen ? "COMMIT;\n" : "");
        }
        if (await ChangedFunctions(cancel) is { Count: > 0 } changed)
            script.Append(
                CultureInfo.InvariantCulture,
                $"\n-- Functions\n{Begin}{SchemaFunctions.Script(changed, Version)}COMMIT;\n"
            );
        return script.ToString();
    }

    /// <summary>Why <see cref="Apply"/> would refuse this database; null: it would not.</summary>
    public async Task<string?> Refusal(CancellationToken cancel)
    {
        try
        {
            await BaselineAdoption.IsDue(await States(cancel), dataSource, cancel);
            return null;
        }
        catch (OlderThanBaselineException e)
        {
            return e.Message;
        }
    }

    /// <summary>How each transaction of a script begins.</summary>
    private string Begin =>
        $"BEGIN;\nSET LOCAL lock_timeout = '{terms.Wait.TotalMilliseconds}ms';\nSET LOCAL {MigrationTransactions.VersionSetting} = '{Version}';\n";

    /// <summary>The functions that <see cref="Apply"/> would define anew.</summary>
    public async Task<IReadOnlyList<SchemaFunction>> ChangedFunctions(CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        return await SchemaFunctions.Changed(connection, cancel);
    }

    /// <summary>Brings the schema up to this version. Two at once: the second waits, and finds nothing to do. Each migration is one transaction: what was done when it breaks off stays done.</summary>
    /// <param name="fill">brings catalogues in step, once the schema stands</param>
    /// <param name="cancel">stops between two migrations</param>
    /// <returns>what was applied, in that order</returns>
    /// <exception cref="LockedOutException">a lock was not to be had in all tries</exception>
    public async Task<Applied> Apply(Func<TenantDb, CancellationToken, Task> fill, CancellationToken cancel)
    {
        await using var turn = await dataSource.OpenConnectionAsync(cancel);
        await using var held = await turn.BeginTransactionAsync(cancel);
        await TakeTurn(turn, cancel);
        await Keep(cancel);
        var isAdopted = await BaselineAdoption.IsDue(await States(cancel), dataSource, cancel);
        if (isAdopted)
            await Patiently(Baseline.Id, () => Run(Statements(BaselineAdoption.Script(db)), cancel), cancel);
        var pending = await Pending(cancel);
        foreach (var (id, migration) in pending)
        {
            await Holds(turn, cancel);
            await Patiently(id, () => Run(Commands(id, migration), cancel), cancel);
        }
        await Holds(turn, cancel);
        var changed = await ChangedFunctions(cancel);
        if (changed.Count > 0)
            await Patiently(
                "A change of functions",
                () => Run(Statements(SchemaFunctions.Script(changed, Version)), cancel),
                cancel
            );
        await fill(db, cancel);
        return new Applied(
            [.. pending.Select(step => step.Id)],
            [.. changed.Select(function => function.Name)],
            isAdopted
        );
    }

    /// <summary>The statements of one migration as they run, with the row that says that it was applied.</summary>
    internal IReadOnlyList<MigrationCommand> Commands(string id, Migration migration)
    {
        var model = db.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true);
        var note = db.GetService<IHistoryRepository>().GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion()));
        return db.GetService<IMigrationsSqlGenerator>()
            .Generate(
                [
                    .. migration.UpOperations,
                    new Microsoft.EntityFrameworkCore.Migrations.Operations.SqlOperation { Sql = note },
                ],
                model
            );
    }

    private async Task<List<(string Id, Migration Migration)>> Pending(CancellationToken cancel)
    {
        var applied = (await States(cancel))
            .Where(state => state.IsApplied)
            .Select(state => state.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. Steps.Where(step => !applied.Contains(step.Id))];
    }

    /// <summary>
    /// Held by a transaction, as a pooler may stand between. It asks again and again: who waits within a statement has a snapshot, for whose end CREATE INDEX CONCURRENTLY of the one before would
    /// wait in turn, a circle that PostgreSQL does not see.
    /// </summary>
    private async Task TakeTurn(NpgsqlConnection turn, CancellationToken cancel)
    {
        await using var ask = new NpgsqlCommand(
            $"SELECT pg_try_advisory_xact_lock(hashtext('tenantry.migrate')); {HoldOn}",
            turn
        );
        for (var isTold = false; !(bool)(await ask.ExecuteScalarAsync(cancel))!; isTold = true)
        {
            if (!isTold)
                tell("Another migration is under way; this one waits for its end.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
        }
    }

    /// <summary>Where the connection was lost, another may have begun.</summary>
    private static async Task Holds(NpgsqlConnection turn, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(HoldOn, turn);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The table of migrations, with who applied each.</summary>
    private async Task Keep(CancellationToken cancel)
    {
        if (!await HasHistory(cancel))
            await db.GetService<IHistoryRepository>().CreateAsync(cancel);
        await using var asked = dataSource.CreateCommand(
            $"""
            SELECT count(*) = 2 AND has_table_privilege('{TenantPolicy.ServingRole}', '{DatabaseServices.MigrationHistory}', 'SELECT') FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = '{DatabaseServices.MigrationHistory}'::regclass AND a.attname IN ('applied_by', 'applied_at')
            """
        );
        if (!(bool)(await asked.ExecuteScalarAsync(cancel))!)
            await Patiently("The table of migrations", () => Run(Statements(Bookkeeping), cancel), cancel);
    }

    private async Task<bool> HasHistory(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT to_regclass('{DatabaseServices.MigrationHistory}') IS NOT NULL"
        );
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private IReadOnlyList<MigrationCommand> Statements(string sql) =>
        db.GetService<IMigrationsSqlGenerator>()
            .Generate([new Microsoft.EntityFrameworkCore.Migrations.Operations.SqlOperation { Sql = sql }]);

    private Task Run(IReadOnlyList<MigrationCommand> commands, CancellationToken cancel) =>
        db.GetService<IMigrationCommandExecutor>()
            .ExecuteNonQueryAsync(commands, db.GetService<IRelationalConnection>(), cancel);

    private async Task Patiently(string what, Func<Task> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (IsOfLocks(e))
            {
                if (attempt >= terms.Tries)
                    throw new LockedOutException(what, terms, e);
                tell(
                    $"{what} did not get a lock within {terms.Wait.TotalSeconds:0.#} s. Those behind it go first; then it is tried again ({attempt} of {terms.Tries})."
                );
            }
            await Task.Delay(terms.Wait * Math.Min(attempt, 5), cancel);
        }
    }

    // EF wraps what may pass by itself.
    private static bool IsOfLocks(Exception e) =>
        (e as PostgresException ?? e.InnerException as PostgresException)
            is { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };

    private static string Short(string version) =>
        version.Split('+') is [var number, { Length: >= 7 } commit] ? $"{number}+{commit[..7]}" : version;

    public async ValueTask DisposeAsync()
    {
        await db.DisposeAsync();
        await dataSource.DisposeAsync();
    }
}

/// <summary>Something holds a lock that a migration needs, and does not let go of it.</summary>
public sealed class LockedOutException(string what, LockTerms terms, Exception inner)
    : Exception(
        $"{what} did not get a lock in {terms.Tries} tries of {terms.Wait.TotalSeconds:0.#} s: most likely a long transaction holds it. What came before is applied, this is not. Find it with\n"
            + "  SELECT pid, application_name, state, now() - xact_start AS age, query FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start\nand run 'tenantry migrate' again when it is over.",
        inner
    );
