using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Tests.Harness;

/// <summary>
/// What a migration would do to those who are served meanwhile. Nothing is guessed from the text of its SQL: it runs,
/// on tables without rows, and PostgreSQL is asked which locks it held, what it read from end to end, what it wrote
/// anew, and what is not there any more. That sees through DO blocks and functions too, as far as they come by on empty
/// tables.
/// </summary>
public sealed partial class MigrationLint(NpgsqlConnection owner)
{
    /// <param name="commands">as they are to run</param>
    /// <param name="model">of the time after the migration: it says which tables are the platform's</param>
    /// <param name="isKept">false: it is taken back, and statements outside a transaction are looked at only</param>
    /// <returns>what harms, in words; nothing where all is well</returns>
    public async Task<IReadOnlyList<string>> Findings(
        IReadOnlyList<MigrationCommand> commands,
        IModel? model,
        bool isKept
    )
    {
        var findings = new List<string>();
        var before = await Catalogue();
        var outside = commands
            .Where(command => command.TransactionSuppressed)
            .Select(command => command.CommandText.Trim())
            .ToList();
        var inside = commands.Where(command => !command.TransactionSuppressed).ToList();
        if (outside.Count > 0 && inside.Count > 1) // the one that is always there notes the migration
            findings.Add(
                "statements inside and outside a transaction stand in one migration: what breaks off in the middle cannot be run again. Give each kind a migration of its own"
            );
        findings.AddRange(
            outside
                .Where(sql => !MayStandOutside().IsMatch(sql))
                .Select(sql =>
                    $"runs outside a transaction, without lock_timeout, though it could stand inside: {sql.Split('\n')[0]}"
                )
        );
        if (isKept)
        {
            foreach (var sql in outside)
                await Execute(sql);
        }

        await using var transaction = await owner.BeginTransactionAsync();
        var tables = await Tables();
        foreach (var command in inside)
            await Execute(command.CommandText);
        findings.AddRange(Harm(tables, await Tables(), await Locks(tables.Keys)));
        findings.AddRange(Broken(before, await Catalogue()));
        findings.AddRange(await Open(before, model));
        if (isKept)
            await transaction.CommitAsync();
        return findings;
    }

    /// <summary>Work that grows with a table, done while somebody has to wait for it.</summary>
    private static IEnumerable<string> Harm(
        Dictionary<string, Table> before,
        Dictionary<string, Table> after,
        List<(string Table, string Mode)> locks
    )
    {
        var strong = locks
            .Where(held => held.Mode is "Share" or "ShareRowExclusive" or "Exclusive" or "AccessExclusive")
            .Select(held => $"{held.Table} ({held.Mode})")
            .ToList();
        foreach (var (name, table) in before.Where(table => after.ContainsKey(table.Key)))
        {
            if (after[name].File != table.File)
                yield return $"writes {name} anew, row by row, and nobody reads it meanwhile";
            else if (after[name].Scans > table.Scans && strong.Count > 0)
                yield return $"reads {name} from end to end and holds {string.Join(", ", strong)} meanwhile";
            if (after[name].Scans > table.Scans && locks.Contains((name, "RowExclusive")))
                yield return $"changes rows of {name} from end to end in one transaction: whoever changes one of them waits for all";
        }
    }

    /// <summary>What the version before may still use, and does not find any more.</summary>
    private static IEnumerable<string> Broken(HashSet<Promise> before, HashSet<Promise> after)
    {
        var tables = after
            .Where(promise => promise.Kind == "table")
            .Select(promise => promise.Name)
            .ToHashSet(StringComparer.Ordinal);
        foreach (
            var promise in before
                .Except(after)
                .Where(promise =>
                    promise.Kind == "table" || promise.Table.Length == 0 || tables.Contains(promise.Table)
                )
                .OrderBy(promise => promise.Kind + promise.Name, StringComparer.Ordinal)
        )
        {
            if (
                promise.Kind != "a row without"
                || after.Any(other =>
                    other.Kind == "column"
                    && other.Table == promise.Table
                    && other.Name.StartsWith(promise.Name + " ", StringComparison.Ordinal)
                )
            )
                yield return $"{promise.Kind} {promise.Name} is gone, and the version before may use it: it goes with the release after the one that stopped";
        }
        // A column that came, and that every row has to fill.
        foreach (
            var column in after.Where(promise =>
                promise.Kind == "column"
                && before.Any(old => old.Kind == "table" && old.Name == promise.Table)
                && !before.Any(old => old.Kind == "column" && old.Table == promise.Table && Bare(old) == Bare(promise))
            )
        )
        {
            if (
                !after.Any(promise =>
                    promise.Kind == "a row without" && promise.Table == column.Table && promise.Name == Bare(column)
                )
            )
                yield return $"column {Bare(column)} has to be filled, and the version before does not know it: give it a default, or let it be null";
        }

        static string Bare(Promise column) => column.Name.Split(' ')[0];
    }

    /// <summary>New tables that are open to all tenants, or to nobody.</summary>
    private async Task<List<string>> Open(HashSet<Promise> before, IModel? model)
    {
        var open = new List<string>();
        await using var command = new NpgsqlCommand(
            """
            SELECT c.oid::regclass::text, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid),
                   EXISTS (SELECT FROM aclexplode(c.relacl) g WHERE g.grantee IN ('tenantry_serving'::regrole, 'tenantry_doors'::regrole))
            FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'schema_migrations' ORDER BY 1
            """,
            owner
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var name = reader.GetString(0);
            if (before.Any(promise => promise.Kind == "table" && promise.Name == name))
                continue;
            var isPlatforms =
                model
                    ?.GetEntityTypes()
                    .Any(entity =>
                        entity.GetTableName() == name
                        && entity.FindAnnotation(OwnershipConvention.TenantProperty) is null
                    ) == true;
            if (!isPlatforms && !reader.GetBoolean(1))
                open.Add(
                    $"table {name} has no row-level security that is enabled, forced, and has a policy, and is not the platform's by the model"
                );
            if (!reader.GetBoolean(2))
                open.Add($"table {name} is granted to nobody");
        }
        return open;
    }

    private async Task<HashSet<Promise>> Catalogue()
    {
        const string sql = """
            WITH ours AS (SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relacl FROM pg_class c
                          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND c.relname <> 'schema_migrations')
            SELECT 'table', name, name FROM ours
            UNION ALL SELECT 'column', name, name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT 'a row without', name, name || '.' || a.attname FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid AND a.attnum > 0 AND NOT a.attisdropped
                      WHERE NOT a.attnotnull OR a.atthasdef OR a.attidentity <> ''
            UNION ALL SELECT 'trigger', name, t.tgname || ' on ' || name FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid AND NOT t.tgisinternal
            UNION ALL SELECT 'index', name, i.indexrelid::regclass::text FROM ours JOIN pg_index i ON i.indrelid = ours.oid
            UNION ALL SELECT 'grant', name, g.privilege_type || ' on ' || name || ' to ' || g.grantee::regrole FROM ours, aclexplode(ours.relacl) g WHERE g.grantee IN ('tenantry_serving'::regrole, 'tenantry_doors'::regrole)
            UNION ALL SELECT 'function', '', p.oid::regprocedure || ' returning ' || pg_get_function_result(p.oid) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            UNION ALL SELECT 'grant', '', 'EXECUTE on ' || p.oid::regprocedure || ' to ' || g.grantee::regrole FROM pg_proc p, aclexplode(p.proacl) g WHERE p.pronamespace = 'public'::regnamespace AND g.grantee = 'tenantry_serving'::regrole
            UNION ALL SELECT 'type', '', t.oid::regtype::text FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
            """;
        var promises = new HashSet<Promise>();
        await using var command = new NpgsqlCommand(sql, owner);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            promises.Add(new Promise(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return promises;
    }

    private async Task<Dictionary<string, Table>> Tables()
    {
        var tables = new Dictionary<string, Table>(StringComparer.Ordinal);
        // By its number: a table may have another name afterwards.
        await using var command = new NpgsqlCommand(
            """
            SELECT c.oid::regclass::text, pg_stat_get_xact_numscans(c.oid), coalesce(pg_relation_filenode(c.oid), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname IN ('public', 'audit_months') AND c.relname <> 'schema_migrations'
            """,
            owner
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            tables.Add(reader.GetString(0), new Table(reader.GetInt64(1), reader.GetInt64(2)));
        return tables;
    }

    private async Task<List<(string Table, string Mode)>> Locks(IReadOnlyCollection<string> tables)
    {
        var locks = new List<(string, string)>();
        await using var command = new NpgsqlCommand(
            "SELECT relation::regclass::text, replace(mode, 'Lock', '') FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' ORDER BY 1, 2",
            owner
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            if (tables.Contains(reader.GetString(0)))
                locks.Add((reader.GetString(0), reader.GetString(1)));
        }
        return locks;
    }

    private async Task Execute(string sql)
    {
        await using var command = new NpgsqlCommand(sql, owner);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Promise(string Kind, string Table, string Name);

    private sealed record Table(long Scans, long File);

    [GeneratedRegex(
        @"^(((CREATE( UNIQUE)?|DROP) INDEX|REINDEX \w+) CONCURRENTLY|VACUUM|ALTER TABLE \S+ DETACH PARTITION \S+ CONCURRENTLY)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex MayStandOutside();
}
