using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Who may import whom: features use the foundation, each group of the foundation uses only the groups before it, and
/// features share only what is listed.
/// </summary>
public sealed partial class ImportTests
{
    /// <summary>The groups of the foundation, from the ground up. A group may import those before it.</summary>
    private static readonly string[] Groups =
    [
        "Hosting",
        "Data",
        "Security",
        "Aws",
        "Storage",
        "Traffic",
        "Auditing",
        "Messaging",
    ];

    /// <summary>
    /// Which features touch which, through an entity or a public method. Each pair is a choice; docs/architecture.md
    /// says why.
    /// </summary>
    private static readonly (string From, string To)[] Neighbours =
    [
        ("Auth", "Users"),
        ("Tenants", "Users"),
        ("Tenants", "Files"),
        ("Roles", "Users"),
        ("Notifications", "Users"),
        ("AuditEvents", "Users"),
        ("Files", "Users"),
    ];

    private static readonly List<Import> Imports = [.. ReadImports()];

    [Fact]
    public void The_foundation_knows_no_feature_and_no_command() =>
        Imports
            .Where(import =>
                import.From.StartsWith("Foundation.", StringComparison.Ordinal)
                && !import.To.StartsWith("Foundation.", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();

    [Fact]
    public void A_group_of_the_foundation_imports_only_groups_before_it()
    {
        var between = BetweenGroups().ToList();

        between
            .Select(edge => edge.From)
            .Concat(between.Select(edge => edge.To))
            .Except(Groups)
            .ShouldBeEmpty("a group needs a place in the list");
        between.Where(edge => Array.IndexOf(Groups, edge.To) > Array.IndexOf(Groups, edge.From)).ShouldBeEmpty();
    }

    [Fact]
    public void The_folders_of_the_foundation_are_its_groups() =>
        Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "src/Tenantry/Foundation"))
            .Select(Path.GetFileName)
            .ShouldBe(Groups, ignoreOrder: true);

    [Fact]
    public void A_feature_touches_only_its_listed_neighbours()
    {
        var touched = Imports
            .Where(import =>
                import.From.StartsWith("Features.", StringComparison.Ordinal)
                && import.To.StartsWith("Features.", StringComparison.Ordinal)
            )
            .Select(import => (From: Part(import.From, 1), To: Part(import.To, 1)))
            .Where(pair => pair.From != pair.To)
            .Distinct();

        touched.ShouldBe(Neighbours, ignoreOrder: true);
    }

    [Fact]
    public void A_feature_imports_no_command() =>
        Imports
            .Where(import =>
                import.From.StartsWith("Features.", StringComparison.Ordinal)
                && import.To.StartsWith("Commands", StringComparison.Ordinal)
            )
            .ShouldBeEmpty();

    [Fact]
    public void No_folders_of_the_foundation_import_each_other_in_a_circle()
    {
        var waiting = Imports
            .Where(import =>
                import.From.StartsWith("Foundation.", StringComparison.Ordinal) && import.From != import.To
            )
            .GroupBy(import => import.From)
            .ToDictionary(folder => folder.Key, folder => folder.Select(import => import.To).ToHashSet());
        for (var done = true; done && waiting.Count > 0; )
        {
            var free = waiting
                .Where(folder => !folder.Value.Any(waiting.ContainsKey))
                .Select(folder => folder.Key)
                .ToList();
            free.ForEach(folder => waiting.Remove(folder));
            done = free.Count > 0;
        }
        waiting.Keys.ShouldBeEmpty();
    }

    [Fact]
    public void The_drawing_in_the_documentation_is_the_codes()
    {
        const string page = "docs/architecture.md";
        const string start = "flowchart BT\n",
            end = "\n```\n<!-- drawn by a test -->";
        var drawn = string.Join('\n', Drawn());
        var text = Repository.Read(page);
        var (from, to) = (
            text.IndexOf(start, StringComparison.Ordinal) + start.Length,
            text.IndexOf(end, StringComparison.Ordinal)
        );
        if (text[from..to] != drawn && Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, page), text = text[..from] + drawn + text[to..]);

        text.ShouldContain(
            drawn,
            Case.Sensitive,
            $"UPDATE_SNAPSHOTS=1 ./test -class {typeof(ImportTests).FullName} draws it anew."
        );
    }

    [Fact]
    public void No_folder_is_named_after_what_belongs_nowhere() =>
        Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName)
            .Where(name =>
                name
                    is "Common"
                        or "Helpers"
                        or "Utils"
                        or "Managers"
                        or "Services"
                        or "Models"
                        or "Dtos"
                        or "Interfaces"
            )
            .ShouldBeEmpty();

    [Fact]
    public void A_namespace_is_the_folder_that_its_file_lies_in()
    {
        foreach (var (root, name) in new[] { ("src/Tenantry", "Tenantry"), ("tests/Tenantry.Tests", "Tenantry.Tests") })
        {
            var wrong = Sources(Path.Combine(Repository.Root, root))
                .Select(file =>
                    (
                        file.Path,
                        Said: Namespace().Match(file.Text).Groups["name"].Value,
                        Meant: string.Join('.', file.Path.Split('/')[..^1].Prepend(name))
                    )
                )
                .Where(file => file.Said.Length > 0 && file.Said != file.Meant);
            wrong.ShouldBeEmpty();
        }
    }

    /// <summary>
    /// Each group, and an arrow to those that it uses. What follows from two arrows is not drawn as a third.
    /// </summary>
    private static IEnumerable<string> Drawn()
    {
        var edges = BetweenGroups().Distinct().ToHashSet();
        bool Reaches(string from, string to) =>
            edges.Contains((from, to)) || edges.Any(edge => edge.From == from && Reaches(edge.To, to));
        return Groups
            .Select(group => $"  {group}")
            .Concat(
                edges
                    .Where(edge =>
                        !edges.Any(first =>
                            first.From == edge.From && first.To != edge.To && Reaches(first.To, edge.To)
                        )
                    )
                    .Select(edge => $"  {edge.From} --> {edge.To}")
                    .Order(StringComparer.Ordinal)
            );
    }

    private static IEnumerable<(string From, string To)> BetweenGroups() =>
        Imports
            .Where(import =>
                import.From.StartsWith("Foundation.", StringComparison.Ordinal)
                && import.To.StartsWith("Foundation.", StringComparison.Ordinal)
            )
            .Select(import => (From: Part(import.From, 1), To: Part(import.To, 1)))
            .Where(edge => edge.From != edge.To);

    private static string Part(string folder, int place) => folder.Split('.')[place];

    private static IEnumerable<Import> ReadImports()
    {
        var files = Sources(Path.Combine(Repository.Root, "src/Tenantry"))
            .Where(file => !file.Path.Contains("Migrations/", StringComparison.Ordinal))
            .ToList();
        var folders = files.Select(file => FolderOf(file.Path)).ToHashSet();
        foreach (var (path, text) in files)
        // Names written out in full count as imports too.
        foreach (Match match in Imported().Matches(text))
        {
            var name = match.Groups["name"].Value.Split('.');
            var folder = Enumerable
                .Range(1, Math.Min(3, name.Length))
                .Select(count => string.Join('.', name.Take(count)))
                .LastOrDefault(folders.Contains);
            yield return new Import(path, FolderOf(path), folder ?? string.Join('.', name.Take(2)));
        }
    }

    private static string FolderOf(string path) =>
        path.Contains('/', StringComparison.Ordinal) ? string.Join('.', path.Split('/')[..^1].Take(3)) : "Program";

    private static IEnumerable<(string Path, string Text)> Sources(string root) =>
        Directory
            .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), File: file))
            .Where(file =>
                !file.Path.StartsWith("obj/", StringComparison.Ordinal)
                && !file.Path.StartsWith("bin/", StringComparison.Ordinal)
            )
            .Select(file => (file.Path, File.ReadAllText(file.File)));

    /// <param name="File">that imports</param>
    /// <param name="From">its folder, at most three deep: <c>Foundation.Data.Cache</c></param>
    /// <param name="To">the folder that it imports</param>
    private sealed record Import(string File, string From, string To);

    [GeneratedRegex(
        @"(?:Tenantry\.|(?<=[^\w.]))(?<name>(?:Features|Foundation)(?:\.[A-Z]\w+)+|(?:Commands|Program)(?=[.;]))"
    )]
    private static partial Regex Imported();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
