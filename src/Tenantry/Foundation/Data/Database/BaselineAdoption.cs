using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Tenantry.Foundation.Data.Migrations;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Adopts databases from before the <see cref="Baseline"/>, which were created by the 35 migrations that it replaces. A
/// database with all of them has the schema of the baseline and is recorded as having it; its rows are not changed. A
/// database that lacks some is refused, because this version no longer has these migrations.
/// </summary>
internal static class BaselineAdoption
{
    /// <summary>The last of the migrations that the baseline replaces.</summary>
    private const string LastReplaced = "20261130011000_OwnMailsByAddress";

    /// <summary>The last commit that has these migrations.</summary>
    private const string LastCommit = "ee3a9ea";

    /// <summary>The lines that <see cref="Shape"/> returns for the baseline.</summary>
    internal const string Resource = "baseline-shape.txt";

    /// <summary>The number of differences that a refusal lists.</summary>
    private const int MaxDifferences = 5;

    /// <summary>
    /// Describes the tables: columns with types and defaults, keys, indexes with their columns, policies and grants
    /// with their roles. It omits the order of columns, and the expressions of checks, indexes and policies, which
    /// major versions of PostgreSQL print differently. Functions with their triggers and policies are applied again in
    /// any case.
    /// </summary>
    internal const string Shape = """
        WITH ours AS (SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relacl FROM pg_class c
                      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migrations'
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
             names AS (SELECT a.attrelid, a.attnum, a.attname FROM pg_attribute a WHERE NOT a.attisdropped),
             roles AS (SELECT r.oid, r.rolname FROM pg_roles r WHERE r.rolname IN ('tenantry_serving', 'tenantry_doors'))
        SELECT format('table %s %s row security %s forced %s', relname, relkind, relrowsecurity, relforcerowsecurity) AS line FROM ours
        UNION ALL
        SELECT format('column %s.%s %s%s%s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END, ' default ' || pg_get_expr(d.adbin, d.adrelid))
        FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
        UNION ALL
        SELECT format('constraint %s on %s %s (%s)%s', k.conname, o.relname, k.contype,
                      (SELECT string_agg(n.attname, ', ' ORDER BY x.place) FROM unnest(k.conkey) WITH ORDINALITY x (attnum, place) JOIN names n ON n.attrelid = k.conrelid AND n.attnum = x.attnum),
                      ' to ' || f.relname || ' (' || (SELECT string_agg(n.attname, ', ' ORDER BY x.place) FROM unnest(k.confkey) WITH ORDINALITY x (attnum, place) JOIN names n ON n.attrelid = k.confrelid AND n.attnum = x.attnum)
                      || ') on delete ' || k.confdeltype::text)
        FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x') LEFT JOIN pg_class f ON f.oid = k.confrelid
        UNION ALL
        SELECT format('index %s on %s (%s)%s%s%s', c.relname, o.relname,
                      (SELECT string_agg(coalesce(n.attname, 'expression') || CASE WHEN i.indoption[x.place - 1] <> 0 THEN ' ' || i.indoption[x.place - 1] ELSE '' END, ', ' ORDER BY x.place)
                       FROM unnest(i.indkey::int2[]) WITH ORDINALITY x (attnum, place) LEFT JOIN names n ON n.attrelid = i.indrelid AND n.attnum = x.attnum AND x.attnum > 0),
                      CASE WHEN i.indisunique THEN ' unique' END, CASE WHEN i.indpred IS NOT NULL THEN ' of some rows' END, CASE WHEN NOT i.indisvalid THEN ' invalid' END)
        FROM ours o JOIN pg_index i ON i.indrelid = o.oid JOIN pg_class c ON c.oid = i.indexrelid
        UNION ALL
        SELECT format('policy %s on %s for %s to %s', p.polname, o.relname, p.polcmd, (SELECT string_agg(coalesce(r.rolname, 'public'), ', ') FROM unnest(p.polroles) u (oid) LEFT JOIN pg_roles r ON r.oid = u.oid))
        FROM ours o JOIN pg_policy p ON p.polrelid = o.oid WHERE p.polpermissive
        UNION ALL
        SELECT format('grant %s on %s to %s', g.privilege_type, o.relname, r.rolname) FROM ours o, aclexplode(o.relacl) g JOIN roles r ON r.oid = g.grantee WHERE g.grantee <> o.relowner
        UNION ALL
        SELECT format('grant %s (%s) on %s to %s', g.privilege_type, a.attname, o.relname, r.rolname)
        FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND NOT a.attisdropped, aclexplode(a.attacl) g JOIN roles r ON r.oid = g.grantee
        ORDER BY 1
        """;

    /// <summary>Drops functions that no version after the last of these migrations calls.</summary>
    private const string DropUnused = """
        DROP FUNCTION IF EXISTS rotate_refresh_token(bytea, bytea, uuid, timestamptz, interval, interval);
        SET LOCAL ROLE tenantry_doors;
        DROP FUNCTION IF EXISTS door_read_mailbox(text, integer), door_take_mail_request(), door_next_purge(timestamptz), door_claim_messages(text, uuid, integer, interval, uuid);
        RESET ROLE;

        """;

    /// <returns>Whether the database has migrations that the baseline replaces, but not the baseline.</returns>
    /// <exception cref="OlderThanBaselineException">It lacks some of them, or its schema differs.</exception>
    public static async Task<bool> IsDue(
        IReadOnlyList<MigrationState> states,
        NpgsqlDataSource dataSource,
        CancellationToken cancel
    )
    {
        var replaced = states
            .Where(state => state.IsApplied && string.CompareOrdinal(state.Id, Baseline.Id) < 0)
            .ToList();
        if (replaced.Count == 0 || states.Any(state => state.IsApplied && state.Id == Baseline.Id))
            return false;
        if (replaced[^1].Id != LastReplaced)
            throw new OlderThanBaselineException(
                $"The last migration of the database is {replaced[^1].Id}, before the baseline of this version. Run 'tenantry migrate' of commit {LastCommit} first, then of this version."
            );
        await using var connection = await dataSource.OpenConnectionAsync(cancel);
        var (expected, found) = (Expected(), await connection.ReadLines(Shape, static row => row.GetString(0), cancel));
        var differences = expected
            .Except(found, StringComparer.Ordinal)
            .Select(line => "  missing: " + line)
            .Concat(found.Except(expected, StringComparer.Ordinal).Select(line => "  unexpected: " + line))
            .ToList();
        return differences.Count == 0
            ? true
            : throw new OlderThanBaselineException(
                $"The schema has all migrations before the baseline, but {differences.Count} objects were changed by hand. Undo these changes, then run 'tenantry migrate' again:\n{string.Join('\n', differences.Take(MaxDifferences))}"
            );
    }

    /// <summary>
    /// Records that the database has the baseline. The records of the replaced migrations are kept: a version that has
    /// them still serves.
    /// </summary>
    public static string Script(IInfrastructure<IServiceProvider> db) =>
        DropUnused
        + db.GetService<IHistoryRepository>().GetInsertScript(new HistoryRow(Baseline.Id, ProductInfo.GetVersion()));

    private static string[] Expected()
    {
        using var text = new StreamReader(typeof(BaselineAdoption).Assembly.GetManifestResourceStream(Resource)!);
        return text.ReadToEnd().ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>This version alone cannot migrate the database.</summary>
public sealed class OlderThanBaselineException(string message) : Exception(message);
