using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Migrations;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Commands;

/// <summary><c>tenantry migrate</c>: migrates the schema and the catalogue of permissions, as the owner.</summary>
public static class MigrateCommand
{
    /// <summary>
    /// The exit code of <c>--status</c> if a migration is pending. A script can distinguish it from a failure, which is
    /// 1.
    /// </summary>
    private const int IsBehind = 2;

    /// <summary>The largest number of functions that are listed by name.</summary>
    private const int FewFunctions = 10;

    public static async Task<int> Run(OperatorSettings settings, LockTerms terms, CancellationToken cancel)
    {
        await using var schema = new SchemaMigrations(Owner(settings), terms, Console.WriteLine);
        var grace = settings.GraceDays();
        var applied = await schema.Apply(
            async (db, cancel) =>
            {
                await Permission.Sync(db, cancel);
                if (grace is { } days)
                    await TenantGrace.Set(db, days, cancel);
            },
            cancel
        );
        if (applied.IsAdopted)
            Console.WriteLine($"Adopted: this database was created before {Baseline.Id}, and has the same schema.");
        if (applied.Migrations.Count > 0)
            Console.WriteLine("Applied: " + string.Join(", ", applied.Migrations));
        else if (applied.Functions.Count == 0)
            Console.WriteLine("The schema is up to date.");
        if (applied.Functions.Count > 0)
            Console.WriteLine(
                "Functions: "
                    + (
                        applied.Functions.Count <= FewFunctions
                            ? string.Join(", ", applied.Functions)
                            : $"{applied.Functions.Count} defined"
                    )
            );
        return 0;
    }

    public static async Task<int> Status(OperatorSettings settings, CancellationToken cancel)
    {
        await using var schema = new SchemaMigrations(Owner(settings));
        var states = await schema.States(cancel);
        var changed = await schema.ChangedFunctions(cancel);
        var width = states.Max(state => state.Id.Length);
        foreach (var state in states)
            Console.WriteLine(
                $"{state.Id.PadRight(width)}  {(state.IsApplied ? $"applied  {state.At?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", null) ?? "at an unknown time"} by {state.By ?? "an unknown version"}{Origin(state)}" : "pending")}"
            );
        foreach (var function in changed)
            Console.WriteLine($"{$"function {function.Name}".PadRight(width)}  pending");
        var (pending, later) = (states.Count(state => !state.IsApplied), states.Count(state => state.IsLater));
        var lacks = string.Join(
            " and ",
            new[] { Counted(pending, "migration"), Counted(changed.Count, "function") }.Where(some => some.Length > 0)
        );
        Console.WriteLine();
        Console.WriteLine(
            $"This is version {SchemaMigrations.Version}. "
                + (lacks, later) switch
                {
                    ("", 0) => "The schema is up to date.",
                    ("", _) =>
                        $"The schema has every migration of this version, and {Counted(later, "migration")} of a later version.",
                    (_, 0) => $"The schema is behind by {lacks}: run 'tenantry migrate'.",
                    _ => $"The schema lacks {lacks} of it, and has {Counted(later, "migration")} of another version.",
                }
        );
        if (await schema.Refusal(cancel) is { } refusal)
            Console.WriteLine(refusal);
        return lacks.Length == 0 ? 0 : IsBehind;
    }

    private static string Origin(MigrationState state) =>
        state.IsKnown ? ""
        : state.IsLater ? ", unknown to this one"
        : ", part of the baseline";

    public static async Task<int> DryRun(OperatorSettings settings, LockTerms terms, CancellationToken cancel)
    {
        await using var schema = new SchemaMigrations(Owner(settings), terms);
        var script = await schema.Script(cancel);
        Console.Write(script.Length == 0 ? "-- The schema is up to date.\n" : script);
        Console.WriteLine(
            "-- At the end, permissions that this version knows and the table of permissions does not are added to it and to the system roles that hold them, and tenant_grace() becomes what TENANT_PURGE_AFTER_DAYS says."
        );
        return 0;
    }

    private static string Counted(int count, string what) =>
        count == 0 ? ""
        : count == 1 ? $"1 {what}"
        : $"{count} {what}s";

    private static NpgsqlConnectionStringBuilder Owner(OperatorSettings settings) =>
        settings.Database(
            "MIGRATION_DATABASE_URL",
            "the URL of the role that owns the schema; 'tenantry database create' creates it"
        );
}
