using System.Reflection;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Data.Database;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>The documentation names tests as its proof, and pages link to each other: both must be there.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Pages =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories),
        .. Directory.EnumerateFiles(Repository.Root, "*.md"),
    ];

    [Fact]
    public void Every_test_that_the_documentation_names_is_there()
    {
        var tests = typeof(DocumentationTests)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
                    .Select(method => $"{type.Name}.{method.Name}")
                    .Append(type.Name)
            )
            .Concat(
                Directory
                    .EnumerateFiles(Path.Combine(Repository.Root, "tests/Tenantry.BrowserTests"), "*Tests.cs")
                    .Select(file => Path.GetFileNameWithoutExtension(file))
            )
            .ToHashSet(StringComparer.Ordinal);

        var named = Pages
            .SelectMany(page => NamedTest().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value))
            .Distinct()
            .ToList();

        named.Count.ShouldBeGreaterThan(30);
        named.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var dead =
            from page in Pages
            from match in Link().Matches(File.ReadAllText(page))
            let target = match.Groups[1].Value.Split('#')
            let file = target[0].Length == 0
                ? page
                : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, target[0]))
            where
                !(File.Exists(file) || Directory.Exists(file))
                || (target.Length > 1 && !Headings(file).Contains(target[1]))
            select $"{Path.GetFileName(page)}: {match.Groups[1].Value}";

        dead.ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_is_linked_from_the_index_with_a_line_on_what_it_answers()
    {
        var docs = Path.Combine(Repository.Root, "docs");
        var said = IndexLine()
            .Matches(Repository.Read("docs/index.md"))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);
        var pages = Pages
            .Where(page => page.StartsWith(docs, StringComparison.Ordinal))
            .Select(page => Path.GetRelativePath(docs, page))
            .Where(page => page != "index.md")
            .ToList();

        pages.Count.ShouldBeGreaterThan(30);
        pages.Where(page => !said.ContainsKey(page)).ShouldBeEmpty("docs/index.md has to link them");
        // The title of a decision is what it answers.
        pages
            .Where(page => !page.StartsWith("decisions/", StringComparison.Ordinal) && said[page].Length < 20)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_is_linked_from_the_README() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Select(Path.GetFileName)
            .Where(page => !Repository.Read("README.md").Contains($"(docs/{page})", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void Every_cross_tenant_function_is_listed_with_its_reason()
    {
        var page = Repository.Read("docs/isolation.md");
        var inCode = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("Migrations")
                && !file.Contains("/obj/")
                && ActsAsTenant().IsMatch(File.ReadAllText(file))
            )
            .Select(file => Path.GetFileName(file))
            .ToList();

        inCode.Count.ShouldBeGreaterThan(5);
        SchemaFunctions
            .CrossTenantNames.Select(function => $"`{function}(")
            .Concat(inCode.Select(file => $"`{file}`"))
            .Where(name => !page.Contains(name, StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string> Headings(string file) =>
        Fenced()
            .Replace(File.ReadAllText(file), "")
            .Split('\n')
            .Where(line => line.StartsWith('#'))
            .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"`([A-Z]\w+Tests(?:\.\w+)?)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"(?<!TenantStatement)\.(For|ActAs|QueryAs|ReadOnlyQueryAs|ChangeAsCaller)\(")]
    private static partial Regex ActsAsTenant();

    [GeneratedRegex(@"\]\((?!https?:)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^- .*?\[[^\]]+\]\(([^)#]+)\)(.*)$", RegexOptions.Multiline)]
    private static partial Regex IndexLine();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
