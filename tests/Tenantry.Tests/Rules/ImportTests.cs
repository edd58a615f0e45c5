using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>Who may import whom: two storeys, each mechanism knows only those below it, and no feature reaches into another by chance.</summary>
public sealed partial class ImportTests
{
    /// <summary>From the ground up. A room may import those before it.</summary>
    private static readonly string[] Foundation = ["Settings", "Observability", "Scanning", "Aws", "Redis", "Http", "Turns", "Database", "Cache", "Replicas", "Passwords", "Tenancy", "Tokens", "Access", "Limits", "Idempotency", "Audit", "Stores", "Templates", "Outbox"];

    /// <summary>Which features touch which, through an entity or a public method. Each pair is a choice; docs/architecture.md says why.</summary>
    private static readonly (string From, string To)[] Neighbours = [("Auth", "Users"), ("Tenants", "Users"), ("Tenants", "Files"), ("Roles", "Users"), ("Access", "Users"), ("Notifications", "Users"), ("AuditEvents", "Users"), ("Files", "Users")];

    private static readonly List<(string File, string From, string To)> Imports = [.. ReadImports()];

    [Fact]
    public void The_foundation_knows_no_feature_and_no_command() =>
        Imports.Where(import => import.From.StartsWith("Foundation.", StringComparison.Ordinal) && !import.To.StartsWith("Foundation.", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void A_mechanism_imports_only_what_lies_below_it() =>
        Imports.Where(import => import.From.StartsWith("Foundation.", StringComparison.Ordinal) && import.To.StartsWith("Foundation.", StringComparison.Ordinal))
            .Where(import => Floor(import.To) >= Floor(import.From)).ShouldBeEmpty();

    [Fact]
    public void A_feature_touches_only_its_listed_neighbours() =>
        Imports.Where(import => import.From.StartsWith("Features.", StringComparison.Ordinal) && import.To.StartsWith("Features.", StringComparison.Ordinal))
            .Where(import => !Neighbours.Contains((Room(import.From), Room(import.To)))).ShouldBeEmpty();

    [Fact]
    public void A_feature_imports_no_command() =>
        Imports.Where(import => import.From.StartsWith("Features.", StringComparison.Ordinal) && import.To.StartsWith("Commands", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void No_folders_import_each_other_in_a_circle()
    {
        var waiting = Imports.GroupBy(import => import.From).ToDictionary(room => room.Key, room => room.Select(import => import.To).ToHashSet());
        for (var done = true; done && waiting.Count > 0;)
        {
            var free = waiting.Where(room => !room.Value.Any(waiting.ContainsKey)).Select(room => room.Key).ToList();
            free.ForEach(room => waiting.Remove(room));
            done = free.Count > 0;
        }
        waiting.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void The_drawing_in_the_documentation_is_the_codes()
    {
        const string page = "docs/architecture.md";
        var drawn = string.Join('\n', Imports.Where(import => import.From != "Program").Select(import => $"  {Short(import.From)} --> {Short(import.To)}").Distinct().Order(StringComparer.Ordinal));
        var text = Repository.Read(page);
        var (start, end) = (text.IndexOf("flowchart TD\n", StringComparison.Ordinal) + "flowchart TD\n".Length, text.IndexOf("\n```\n<!-- drawn by a test -->", StringComparison.Ordinal));
        if (text[start..end] != drawn && Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, page), text = text[..start] + drawn + text[end..]);

        text.ShouldContain(drawn, Case.Sensitive, $"UPDATE_SNAPSHOTS=1 ./test -class {typeof(ImportTests).FullName} draws it anew.");

        // A mechanism and a feature can have one name.
        static string Short(string room) => room.Split('.')[^1] is var name && room.StartsWith("Features.", StringComparison.Ordinal) && Foundation.Contains(name) ? "Features/" + name : name;
    }

    [Fact]
    public void No_folder_is_named_after_what_belongs_nowhere() =>
        Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName).Where(name => name is "Common" or "Helpers" or "Utils" or "Managers" or "Services" or "Models" or "Dtos" or "Interfaces").ShouldBeEmpty();

    private static int Floor(string room) => Array.IndexOf(Foundation, Room(room)) is var floor and >= 0 ? floor : throw new InvalidOperationException($"{room} has no floor: give it one in the list above.");

    private static string Room(string name) => name.Split('.')[1];

    private static IEnumerable<(string File, string From, string To)> ReadImports()
    {
        var source = Path.Combine(Repository.Root, "src/Tenantry");
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(source, file).Replace('\\', '/');
            if (path.StartsWith("obj/", StringComparison.Ordinal) || path.StartsWith("bin/", StringComparison.Ordinal) || path.Contains("Migrations/", StringComparison.Ordinal))
                continue;
            var parts = path.Split('/');
            var from = parts[0] is "Features" or "Foundation" ? $"{parts[0]}.{parts[1]}" : parts[0].Replace(".cs", "", StringComparison.Ordinal);
            // Names written out in full count as imports too.
            foreach (Match match in Name().Matches(File.ReadAllText(file)))
            {
                var to = match.Groups["room"].Value;
                if (to != from)
                    yield return (path, from, to);
            }
        }
    }

    [GeneratedRegex(@"(?:Tenantry\.|(?<=[^\w.]))(?<room>(?:Features|Foundation)\.[A-Z]\w+|Commands|Program)(?=[.;])")]
    private static partial Regex Name();
}
