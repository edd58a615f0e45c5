using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// The database functions of this version, compared with those of a database. A function is defined in its file alone.
/// <c>tenantry migrate</c> applies changed functions after the migrations, in one transaction, and records hash and
/// version in the comment of the function. During a rolling upgrade both versions call them, so a signature is never
/// changed: a new signature is a new function, and the next release drops the old one.
/// </summary>
public static class SchemaFunctions
{
    private const string Prefix = "Tenantry.Functions/";

    /// <summary>The first word of the comment of a function, before hash and version.</summary>
    private const string Mark = "tenantry";

    private static readonly IReadOnlyList<SchemaFunction> Loaded = [.. Load()];

    /// <summary>Lazy: only a migration needs the order.</summary>
    private static readonly Lazy<IReadOnlyList<SchemaFunction>> Ordered = new(() => InOrder(Loaded));

    /// <summary>All functions; each comes after the functions that it calls.</summary>
    public static IReadOnlyList<SchemaFunction> All => Ordered.Value;

    /// <summary>The names of the cross-tenant functions.</summary>
    public static IReadOnlyList<string> CrossTenantNames { get; } =
    [.. Loaded.Where(function => function.IsCrossTenant).Select(function => function.Name)];

    /// <summary>
    /// The functions that <c>tenantry migrate</c> applies, in order: the database lacks the function, one of its
    /// triggers or one of its policies, or has another definition. A definition of a later release is kept: it serves
    /// this version too.
    /// </summary>
    public static async Task<IReadOnlyList<SchemaFunction>> Changed(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var (notes, attached) = (await Notes(connection, cancel), await Attached(connection, cancel));
        return
        [
            .. All.Where(function =>
                !notes.TryGetValue(function.Name, out var note)
                || !function.Attached.All(attached.Contains)
                || (note.Hash != function.Hash && note.Release <= Release(SchemaMigrations.Version))
            ),
        ];
    }

    /// <summary>
    /// The functions without which this version cannot serve: the database lacks them, or has those of an earlier
    /// release.
    /// </summary>
    public static async Task<IReadOnlyList<SchemaFunction>> Outdated(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var notes = await Notes(connection, cancel);
        return
        [
            .. Loaded.Where(function =>
                !notes.TryGetValue(function.Name, out var note)
                || (note.Hash != function.Hash && note.Release < Release(SchemaMigrations.Version))
            ),
        ];
    }

    /// <summary>
    /// The names of functions that this version does not have and that this release or a later one recorded: they
    /// belong to another version that serves beside this one.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> OfAnotherVersion(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var own = Loaded.Select(function => function.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await Notes(connection, cancel))
                .Where(note => !own.Contains(note.Key) && note.Value.Release >= Release(SchemaMigrations.Version))
                .Select(note => note.Key),
        ];
    }

    /// <summary>The statements that apply the functions, for one transaction of the owner of the schema.</summary>
    public static string Script(IReadOnlyList<SchemaFunction> changed, string version)
    {
        var script = new StringBuilder();
        // A change of a trigger or policy locks its table. Requests lock tenants first and the audit log last: the same
        // order here avoids a deadlock.
        if (changed.Any(function => function.Attached.Any()))
            script.Append("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE;\n");
        // Only a role that may create objects in the schema can create a function.
        script.Append(
            CultureInfo.InvariantCulture,
            $"GRANT CREATE ON SCHEMA public TO {TenantPolicy.CrossTenantRole};\n"
        );
        foreach (var function in changed)
        {
            var (others, mayCall) = (
                function.IsCrossTenant
                    ? TenantPolicy.ServingRole
                    : $"{TenantPolicy.ServingRole}, {TenantPolicy.CrossTenantRole}",
                string.Join(", ", function.MayCall)
            );
            script.Append(CultureInfo.InvariantCulture, $"\n-- {function.Area}/{function.Name}.sql\n");
            script
                .Append(function.IsCrossTenant ? $"SET LOCAL ROLE {TenantPolicy.CrossTenantRole};\n" : "")
                .Append(function.Statements.TrimEnd())
                .Append('\n');
            script.Append(
                CultureInfo.InvariantCulture,
                $"REVOKE ALL ON FUNCTION {function.Signature} FROM PUBLIC, {others};\n"
            );
            script.Append(mayCall.Length > 0 ? $"GRANT EXECUTE ON FUNCTION {function.Signature} TO {mayCall};\n" : "");
            script.Append(
                CultureInfo.InvariantCulture,
                $"COMMENT ON FUNCTION {function.Signature} IS '{Mark} {function.Hash} {version}';\n"
            );
            script.Append(function.IsCrossTenant ? "RESET ROLE;\n" : "");
        }
        return script
            .Append(
                CultureInfo.InvariantCulture,
                $"\nREVOKE CREATE ON SCHEMA public FROM {TenantPolicy.CrossTenantRole};\n"
            )
            .ToString();
    }

    /// <summary>
    /// The number of a version, without commit and preview name. A version that cannot be parsed counts as later than
    /// all others.
    /// </summary>
    private static Version Release(string version) =>
        System.Version.TryParse(version.Split('+', '-')[0], out var number) ? number : new Version(int.MaxValue, 0);

    private static IEnumerable<SchemaFunction> Load()
    {
        var assembly = typeof(SchemaFunctions).Assembly;
        foreach (
            var resource in assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        )
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var path = resource[Prefix.Length..].Replace('\\', '/').Split('/');
            yield return new SchemaFunction(
                path[0],
                Path.GetFileNameWithoutExtension(path[1]),
                text.ReadToEnd().ReplaceLineEndings("\n")
            );
        }
    }

    /// <exception cref="InvalidOperationException">
    /// Two functions call each other, so that neither can be first.
    /// </exception>
    private static List<SchemaFunction> InOrder(IEnumerable<SchemaFunction> loaded)
    {
        var waiting = loaded.ToDictionary(
            function => function,
            function =>
                Regex.Matches(function.Code, @"\w+(?=\()").Select(name => name.Value).ToHashSet(StringComparer.Ordinal)
        );
        var ordered = new List<SchemaFunction>();
        while (waiting.Count > 0)
        {
            var ready = waiting
                .Where(entry => !waiting.Keys.Any(other => other != entry.Key && entry.Value.Contains(other.Name)))
                .Select(entry => entry.Key)
                .ToList();
            if (ready.Count == 0)
                throw new InvalidOperationException(
                    "Functions call each other in a circle: "
                        + string.Join(", ", waiting.Keys.Select(function => function.Name))
                );
            ordered.AddRange(ready);
            ready.ForEach(function => waiting.Remove(function));
        }
        return ordered;
    }

    /// <summary>Hash and version from the comments of the functions of a database, by name.</summary>
    private static async Task<Dictionary<string, (string Hash, Version Release)>> Notes(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT p.proname::text, obj_description(p.oid, 'pg_proc') FROM pg_proc p
            WHERE p.pronamespace = 'public'::regnamespace AND obj_description(p.oid, 'pg_proc') LIKE '{Mark} %'
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var notes = new Dictionary<string, (string, Version)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetString(1).Split(' ') is [_, var hash, var version])
                notes[reader.GetString(0)] = (hash, Release(version));
        }
        return notes;
    }

    /// <summary>The triggers and policies of a database, as <see cref="SchemaFunction.Attached"/> names them.</summary>
    private static async Task<HashSet<string>> Attached(NpgsqlConnection connection, CancellationToken cancel) =>
        [
            .. await connection.ReadLines(
                """
                SELECT a.name || ' on ' || CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
                FROM (SELECT tgname, tgrelid FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT polname, polrelid FROM pg_policy) a (name, rel)
                JOIN pg_class c ON c.oid = a.rel JOIN pg_namespace n ON n.oid = c.relnamespace
                """,
                static row => row.GetString(0),
                cancel
            ),
        ];
}
