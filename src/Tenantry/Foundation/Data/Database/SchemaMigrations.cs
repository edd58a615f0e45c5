using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Tenantry.Foundation.Data.Database.Setup;
using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Migrates a database as its owner, beside the traffic: lists applied and pending migrations, writes them as a script,
/// or applies them. EF generates the statements but does not run them: its migrator locks the table of migrations
/// against every reader until it ends, and the readiness check reads that table.
/// </summary>
public sealed class SchemaMigrations : IAsyncDisposable
{
    // A SELECT keeps its snapshot until the next statement, although it has ended. The last statement of the idle
    // transaction must therefore be one that needs no snapshot.
    private const string StayIdle = "SET LOCAL idle_in_transaction_session_timeout = 0";

    private readonly NpgsqlDataSource dataSource;
    private readonly TenantDb db;
    private readonly MigrationHistory history;
    private readonly LockTerms terms;
    private readonly Action<string> report;

    /// <param name="owner">
    /// The login that owns the schema. Not through a pooler that assigns connections per statement: locks belong to a
    /// connection.
    /// </param>
    /// <param name="terms">How to wait for locks.</param>
    /// <param name="report">Gets a line for each wait.</param>
    public SchemaMigrations(NpgsqlConnectionStringBuilder owner, LockTerms? terms = null, Action<string>? report = null)
    {
        (this.terms, this.report) = (terms ?? LockTerms.Default, report ?? (_ => { }));
        // The migration of a large table has no time limit.
        dataSource = DatabaseServices.DataSource(
            new NpgsqlConnectionStringBuilder(owner.ConnectionString) { CommandTimeout = 0 }
        );
        history = new MigrationHistory(dataSource);
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

    /// <summary>The version of the service, with its commit where the build had one.</summary>
    public static string Version { get; } =
        WithShortCommit(
            typeof(SchemaMigrations)
                .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
                .InformationalVersion
        );

    /// <summary>All migrations of this version, oldest first.</summary>
    internal IReadOnlyList<(string Id, Migration Migration)> Steps { get; set; }

    private IEnumerable<string> Tables => db.Model.GetEntityTypes().Select(entity => entity.GetTableName()!).Distinct();

    /// <summary>Every migration that this version or the database has, oldest first.</summary>
    public async Task<IReadOnlyList<MigrationState>> States(CancellationToken cancel)
    {
        var applied = await history.Read(cancel);
        var own = Steps.Select(step => step.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. own.Union(applied.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(id => new MigrationState(
                    id,
                    applied.ContainsKey(id),
                    own.Contains(id),
                    applied.GetValueOrDefault(id).By,
                    applied.GetValueOrDefault(id).At
                )),
        ];
    }

    /// <summary>Writes the statements that <see cref="Apply"/> would run. Changes nothing.</summary>
    public async Task<string> Script(CancellationToken cancel)
    {
        var script = new StringBuilder();
        var pending = await Pending(cancel);
        if (await BaselineAdoption.IsDue(await States(cancel), dataSource, cancel))
        {
            pending.RemoveAll(step => step.Id == Baseline.Id);
            script
                .Append(MigrationHistory.Columns)
                .Append(
                    CultureInfo.InvariantCulture,
                    $"\n-- {Baseline.Id}: this database has its schema already\n{Begin}{BaselineAdoption.Script(db).TrimEnd()}\nCOMMIT;\n"
                );
        }
        if (!await history.Exists(cancel))
            script.Append(db.GetService<IHistoryRepository>().GetCreateScript()).Append('\n');
        if (pending.Count > 0)
            script.Append(MigrationHistory.Columns);
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

    /// <summary>The reason for which <see cref="Apply"/> would refuse this database; null: it would not.</summary>
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

    /// <summary>The beginning of each transaction in a script.</summary>
    private string Begin =>
        $"BEGIN;\nSET LOCAL lock_timeout = '{terms.Wait.TotalMilliseconds}ms';\nSET LOCAL {MigrationTransactions.VersionSetting} = '{Version}';\n";

    /// <summary>The functions that <see cref="Apply"/> would define again.</summary>
    public async Task<IReadOnlyList<SchemaFunction>> ChangedFunctions(CancellationToken cancel)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        return await SchemaFunctions.Changed(connection, cancel);
    }

    /// <summary>
    /// Migrates the schema to this version. Of two concurrent calls the second waits, and then has nothing to do. Each
    /// migration is one transaction: after an interruption, the migrations before it remain applied.
    /// </summary>
    /// <param name="fill">Updates the catalogues, after the schema is migrated.</param>
    /// <param name="cancel">Stops between two migrations.</param>
    /// <returns>What was applied, in that order.</returns>
    /// <exception cref="MigrationLockException">A lock was not available in all tries.</exception>
    /// <exception cref="MissingRightsException">The owner lacks a right; nothing was changed.</exception>
    public async Task<MigrationResult> Apply(Func<TenantDb, CancellationToken, Task> fill, CancellationToken cancel)
    {
        await using var turn = await dataSource.OpenConnectionAsync(cancel);
        await using var transaction = await turn.BeginTransactionAsync(cancel);
        await TakeTurn(turn, cancel);
        await MigrationRights.Demand(dataSource, Tables, cancel);
        await PrepareHistory(cancel);
        var isAdopted = await BaselineAdoption.IsDue(await States(cancel), dataSource, cancel);
        if (isAdopted)
            await Retry(Baseline.Id, () => Run(Statements(BaselineAdoption.Script(db)), cancel), cancel);
        var pending = await Pending(cancel);
        foreach (var (id, migration) in pending)
        {
            await DemandTurn(turn, cancel);
            await Retry(id, () => Run(Commands(id, migration), cancel), cancel);
        }
        await DemandTurn(turn, cancel);
        var changed = await ChangedFunctions(cancel);
        if (changed.Count > 0)
            await Retry(
                "A change of functions",
                () => Run(Statements(SchemaFunctions.Script(changed, Version)), cancel),
                cancel
            );
        await fill(db, cancel);
        return new MigrationResult(
            [.. pending.Select(step => step.Id)],
            [.. changed.Select(function => function.Name)],
            isAdopted
        );
    }

    /// <summary>The statements of one migration as they run, with the row that records it.</summary>
    internal IReadOnlyList<MigrationCommand> Commands(string id, Migration migration)
    {
        var model = db.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true);
        var insert = db.GetService<IHistoryRepository>().GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion()));
        return db.GetService<IMigrationsSqlGenerator>()
            .Generate([.. migration.UpOperations, new SqlOperation { Sql = insert }], model);
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
    /// Takes an advisory lock, so that one process migrates at a time. A transaction owns it, as a pooler may be in
    /// between. It polls: a statement that waits for the lock has a snapshot, and CREATE INDEX CONCURRENTLY of the
    /// other migration would wait for the end of that snapshot. PostgreSQL does not detect this deadlock.
    /// </summary>
    private async Task TakeTurn(NpgsqlConnection turn, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT pg_try_advisory_xact_lock(hashtext('tenantry.migrate')); {StayIdle}",
            turn
        );
        for (var isReported = false; !(bool)(await command.ExecuteScalarAsync(cancel))!; isReported = true)
        {
            if (!isReported)
                report("Another migration is running; this one waits until it has ended.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancel);
        }
    }

    /// <summary>Fails where the connection was lost: another process may have begun to migrate.</summary>
    private static async Task DemandTurn(NpgsqlConnection turn, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(StayIdle, turn);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task PrepareHistory(CancellationToken cancel)
    {
        if (!await history.Exists(cancel))
            await db.GetService<IHistoryRepository>().CreateAsync(cancel);
        if (!await history.HasColumns(cancel))
            await Retry("The table of migrations", () => Run(Statements(MigrationHistory.Columns), cancel), cancel);
    }

    private Task Retry(string subject, Func<Task> run, CancellationToken cancel) =>
        terms.Retry(subject, run, report, cancel);

    private IReadOnlyList<MigrationCommand> Statements(string sql) =>
        db.GetService<IMigrationsSqlGenerator>().Generate([new SqlOperation { Sql = sql }]);

    private Task Run(IReadOnlyList<MigrationCommand> commands, CancellationToken cancel) =>
        db.GetService<IMigrationCommandExecutor>()
            .ExecuteNonQueryAsync(commands, db.GetService<IRelationalConnection>(), cancel);

    private static string WithShortCommit(string version) =>
        version.Split('+') is [var number, { Length: >= 7 } commit] ? $"{number}+{commit[..7]}" : version;

    public async ValueTask DisposeAsync()
    {
        await db.DisposeAsync();
        await dataSource.DisposeAsync();
    }
}
