using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Tenantry.Foundation.Data.Database;

/// <summary>A function of the database, as its file defines it: <c>Foundation/Data/Functions/AREA/NAME.sql</c>.</summary>
/// <param name="Area">the folder</param>
/// <param name="Name">of the function and of its file</param>
/// <param name="Text">of the file: a header of comments, the function, and what stands on it (triggers, policies)</param>
public sealed partial record SchemaFunction(string Area, string Name, string Text)
{
    /// <summary>The file without its header.</summary>
    public string Statements { get; } =
        string.Join(
            '\n',
            Text.Split('\n').SkipWhile(line => line.Length == 0 || line.StartsWith("--", StringComparison.Ordinal))
        );

    /// <summary>SHA-256 of the statements and the rights. The rest of the header may change without the function being applied again.</summary>
    public string Hash =>
        hash ??= Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(Header("Rights") + '\n' + Statements))
        );

    private string? hash;

    /// <summary>Whether it looks across tenants: it runs with the rights of <see cref="TenantPolicy.DoorRole"/>, whoever calls it.</summary>
    public bool IsCrossTenant =>
        Header("Rights").StartsWith($"SECURITY DEFINER as {TenantPolicy.DoorRole};", StringComparison.Ordinal);

    /// <summary>The roles that may call it, besides its owner. PUBLIC never may.</summary>
    public IReadOnlyList<string> MayCall =>
        Header("Rights").Split("EXECUTE: ")[1] is var roles && roles.StartsWith("nobody", StringComparison.Ordinal)
            ? []
            : roles.Split(", ");

    /// <summary>A line of the header: <c>Callers</c>, <c>Rights</c> or <c>Index</c>.</summary>
    /// <exception cref="InvalidOperationException">the header has no such line</exception>
    public string Header(string key) =>
        HeaderLine().Matches(Text).FirstOrDefault(line => line.Groups["key"].Value == key)?.Groups["value"].Value
        ?? throw new InvalidOperationException($"{Area}/{Name}.sql has no line '-- {key}:'.");

    /// <summary>The name with its parameters, as GRANT takes it.</summary>
    public string Signature =>
        Definition().Match(Statements) is { Success: true } found && found.Groups["name"].Value == Name
            ? $"{Name}({string.Join(' ', found.Groups["parameters"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))})"
            : throw new InvalidOperationException($"{Area}/{Name}.sql does not define {Name}.");

    /// <summary>The triggers and policies that the file makes, as "NAME on TABLE".</summary>
    public IEnumerable<string> Attached =>
        Attachment().Matches(Statements).Select(made => $"{made.Groups["name"].Value} on {made.Groups["table"].Value}");

    /// <summary>Its statements without their comments.</summary>
    public string Code => string.Join('\n', Statements.Split('\n').Select(line => Comment().Replace(line, "")));

    [GeneratedRegex(@"^-- (?<key>\w+): +(?<value>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^\s*CREATE (OR REPLACE )?FUNCTION (?<name>\w+)\((?<parameters>[^()]*)\)", RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex(
        @"^CREATE (OR REPLACE |CONSTRAINT )?(TRIGGER|POLICY) (?<name>\w+)\b[^;]*? ON (?<table>[\w.]+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Attachment();

    [GeneratedRegex("--.*$")]
    private static partial Regex Comment();
}

/// <summary>
/// The functions of this version held against those of a database. The files are their only home: <c>tenantry migrate</c> applies those that changed, after the migrations, in one transaction, and notes
/// hash and version in the function's comment. During a rolling upgrade both versions call them, so a signature is never changed: a new one is a new function, and the old one goes with the release after.
/// </summary>
public static class SchemaFunctions
{
    private const string Prefix = "Tenantry.Functions/";

    /// <summary>What the comment of a function begins with, before hash and version.</summary>
    private const string Mark = "tenantry";

    private static readonly IReadOnlyList<SchemaFunction> Loaded = [.. Load()];

    /// <summary>Only who applies them needs their order.</summary>
    private static readonly Lazy<IReadOnlyList<SchemaFunction>> Ordered = new(() => InOrder(Loaded));

    /// <summary>All of them; each comes after those that it names.</summary>
    public static IReadOnlyList<SchemaFunction> All => Ordered.Value;

    /// <summary>Those that look across tenants.</summary>
    public static IReadOnlyList<string> CrossTenantNames { get; } =
    [.. Loaded.Where(function => function.IsCrossTenant).Select(function => function.Name)];

    /// <summary>
    /// Those that <c>tenantry migrate</c> applies, in order: the database lacks the function or something that stands on it, or has it from another file. What a later release defined is left alone: its
    /// functions serve this version too.
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

    /// <summary>Those without which this version cannot serve: the database lacks them, or has them of an earlier release.</summary>
    public static async Task<IReadOnlyList<SchemaFunction>> Behind(
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

    /// <summary>The names of functions that this version does not know, and that this release or a later one noted: they are of another version that serves beside this one.</summary>
    internal static async Task<IReadOnlyList<string>> OfAnotherVersion(
        NpgsqlConnection connection,
        CancellationToken cancel
    )
    {
        var known = Loaded.Select(function => function.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await Notes(connection, cancel))
                .Where(one => !known.Contains(one.Key) && one.Value.Release >= Release(SchemaMigrations.Version))
                .Select(one => one.Key),
        ];
    }

    /// <summary>The statements that apply them: to be run in one transaction, as the owner of the schema.</summary>
    public static string Script(IReadOnlyList<SchemaFunction> changed, string version)
    {
        var script = new StringBuilder();
        // A change of a trigger or policy locks its table. Requests come to tenants first and to the audit log last: in that order there is no circle of those that wait.
        if (changed.Any(function => function.Attached.Any()))
            script.Append("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE;\n");
        // A function can be made only by a role that may create in the schema.
        script.Append(CultureInfo.InvariantCulture, $"GRANT CREATE ON SCHEMA public TO {TenantPolicy.DoorRole};\n");
        foreach (var function in changed)
        {
            var (others, mayCall) = (
                function.IsCrossTenant
                    ? TenantPolicy.ServingRole
                    : $"{TenantPolicy.ServingRole}, {TenantPolicy.DoorRole}",
                string.Join(", ", function.MayCall)
            );
            script.Append(CultureInfo.InvariantCulture, $"\n-- {function.Area}/{function.Name}.sql\n");
            script
                .Append(function.IsCrossTenant ? $"SET LOCAL ROLE {TenantPolicy.DoorRole};\n" : "")
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
            .Append(CultureInfo.InvariantCulture, $"\nREVOKE CREATE ON SCHEMA public FROM {TenantPolicy.DoorRole};\n")
            .ToString();
    }

    /// <summary>The number of a version, without the commit and the name of a preview. One that cannot be read counts as later than all.</summary>
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

    /// <exception cref="InvalidOperationException">two name each other, so that neither can be first</exception>
    private static List<SchemaFunction> InOrder(IEnumerable<SchemaFunction> loaded)
    {
        var waiting = loaded.ToDictionary(
            function => function,
            function =>
                Regex.Matches(function.Code, @"\w+(?=\()").Select(word => word.Value).ToHashSet(StringComparer.Ordinal)
        );
        var ordered = new List<SchemaFunction>();
        while (waiting.Count > 0)
        {
            var ready = waiting
                .Where(one => !waiting.Keys.Any(other => other != one.Key && one.Value.Contains(other.Name)))
                .Select(one => one.Key)
                .ToList();
            if (ready.Count == 0)
                throw new InvalidOperationException(
                    "Functions name each other in a circle: "
                        + string.Join(", ", waiting.Keys.Select(function => function.Name))
                );
            ordered.AddRange(ready);
            ready.ForEach(function => waiting.Remove(function));
        }
        return ordered;
    }

    /// <summary>What the functions of a database say of themselves, by name.</summary>
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
            .. await IsolationCheck.Lines(
                connection,
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
