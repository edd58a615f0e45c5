using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// Documentation, API texts and comments are plain English: short sentences and paragraphs, none of the words of
/// docs/retired-words.txt, and a text wherever a reader of the API looks for one.
/// </summary>
public sealed partial class ProseTests(ITestOutputHelper report)
{
    private const int LongestSentence = 40;
    private const int LongestParagraph = 6;
    private const int Columns = 120;
    private const int ShownFindings = 400;

    private static readonly List<(Regex Pattern, string Word, string Replacement)> Retired =
    [
        .. Repository
            .Read("docs/retired-words.txt")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t', 2))
            .Select(parts =>
                (
                    new Regex(
                        $@"(?<![\w-])({parts[0].Replace(" ", @"\s+", StringComparison.Ordinal)})(?![\w-])",
                        RegexOptions.IgnoreCase
                    ),
                    parts[0],
                    parts[1]
                )
            ),
    ];

    private static readonly List<(string Page, string Text)> Pages =
    [
        .. new[] { "docs", "deploy", "clients", "samples", "bench", "findings" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
            )
            .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal)
            .Select(page => (page, page == "CHANGELOG.md" ? Unreleased(Repository.Read(page)) : Repository.Read(page))),
    ];

    private static readonly List<(string Operation, JsonObject Body)> Operations =
    [
        .. JsonNode.Parse(Repository.Read("docs/openapi.json"))!["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Where(operation => operation.Value is JsonObject)
                    .Select(operation => ($"{operation.Key} {path.Key}", operation.Value!.AsObject()))
            ),
    ];

    [Fact]
    public void The_documentation_has_no_retired_word() =>
        Report(Pages.SelectMany(page => RetiredIn(Prose(page.Text)).Select(finding => $"{page.Page}: {finding}")));

    [Fact]
    public void No_sentence_of_the_documentation_is_longer_than_forty_words()
    {
        var sentences = Pages
            .SelectMany(page => Blocks(page.Text).SelectMany(Sentences).Select(text => (page.Page, text)))
            .ToList();

        report.WriteLine(
            $"{sentences.Count} sentences, {sentences.Average(one => Words(one.text)):F1} words on average"
        );
        Report(
            sentences
                .Where(one => Words(one.text) > LongestSentence)
                .Select(one => $"{one.Page}: {Words(one.text)} words: {one.text}")
        );
    }

    [Fact]
    public void No_paragraph_of_the_documentation_is_longer_than_six_lines() =>
        Report(
            Pages.SelectMany(page =>
                Blocks(page.Text)
                    .Where(block => !block.StartsWith('|') && Lines(block) > LongestParagraph)
                    .Select(block => $"{page.Page}: {Lines(block)} lines: {block[..Math.Min(90, block.Length)]}")
            )
        );

    [Fact]
    public void Comments_of_the_source_have_no_retired_word() =>
        Report(
            Repository
                .Sources()
                .SelectMany(source => RetiredIn(Comments(source.Text)).Select(finding => $"{source.Path}: {finding}"))
        );

    [Fact]
    public void Texts_of_the_API_have_no_retired_word() =>
        Report(
            Texts(JsonNode.Parse(Repository.Read("docs/openapi.json")), "")
                .SelectMany(text => RetiredIn(Prose(text.Text)).Select(finding => $"{text.Place}: {finding}"))
        );

    [Fact]
    public void Every_operation_and_parameter_of_the_API_has_a_description() =>
        Report(Operations.SelectMany(one => Undescribed(one.Body).Select(missing => $"{one.Operation}: {missing}")));

    [Fact]
    public void Details_of_problems_end_with_a_full_stop() =>
        Report(
            Repository.Sources().SelectMany(source => OpenEnded(source.Text).Select(text => $"{source.Path}: {text}"))
        );

    [Fact]
    public void Planted_faults_are_found()
    {
        RetiredIn(Prose("Somebody opens `a door`.")).Single().ShouldStartWith("Somebody -> ");
        RetiredIn(Prose("A front-door of the warehouse.")).ShouldBeEmpty();
        RetiredIn(Comments("/// <summary>The doors.</summary>\nvar whoever = 1;"))
            .Single()
            .ShouldStartWith("doors -> ");
        Sentences($"One. {string.Join(' ', Enumerable.Repeat("two", 41))}. Three e.g. four.")
            .Select(Words)
            .ShouldBe([1, 41, 3]);
        Blocks(
                "# A title\n\none\ntwo\n\n- three\n- four\n  five\n\n```\ncode\n```\n| six | seven |\n|---|---|\n| eight | |\n"
            )
            .ShouldBe(["one two", "three", "four five", "|six", "|seven", "|eight"]);
        Lines(new string('a', 100) + " " + new string('b', 100)).ShouldBe(2);
        Undescribed(
                JsonNode
                    .Parse("""{"summary":"A","parameters":[{"name":"x"},{"name":"y","description":"Y."}]}""")!
                    .AsObject()
            )
            .ShouldBe(["no description", "parameter x has no description"]);
        OpenEnded(
                """Problems.Missing("No such link."); Problems.Denied(Kind, $"Not {name(1)}", "member"); Problems.Invalid("a", "must be b");"""
            )
            .ShouldBe(["Not {name(1)}"]);
    }

    private void Report(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        report.WriteLine($"{all.Count} findings");
        all.Take(ShownFindings).ShouldBeEmpty();
    }

    private static IEnumerable<string> RetiredIn(string text) =>
        Retired.SelectMany(word =>
            word.Pattern.Matches(text)
                .Select(match =>
                    $"{match.Value} -> {word.Replacement}: …{text[Math.Max(0, match.Index - 40)..Math.Min(text.Length, match.Index + 40)].ReplaceLineEndings(" ")}…"
                )
        );

    /// <summary>What is read as English: no code, no addresses of links, no comments.</summary>
    private static string Prose(string text) =>
        Link()
            .Replace(InlineCode().Replace(HtmlComment().Replace(Fenced().Replace(text, "\n"), ""), "code"), "$1")
            .Replace("**", "", StringComparison.Ordinal);

    /// <summary>Paragraphs, items of lists, and cells of tables (which begin with a bar). Headings are none.</summary>
    private static IEnumerable<string> Blocks(string text)
    {
        List<string> paragraph = [];
        foreach (var line in Prose(text).Split('\n').Select(line => line.Trim()).Append(""))
        {
            if (line.Length == 0 || line[0] is '#' or '|' or '>' || ItemStart().IsMatch(line))
            {
                if (paragraph.Count > 0)
                    yield return string.Join(' ', paragraph);
                paragraph = [];
            }
            if (line.StartsWith('|'))
                foreach (var cell in line.Split('|').Select(cell => cell.Trim()).Where(cell => cell.Any(char.IsLetter)))
                    yield return $"|{cell}";
            else if (line.Length > 0 && line[0] is not '#')
                paragraph.Add(ItemStart().Replace(line, ""));
        }
    }

    private static IEnumerable<string> Sentences(string block) =>
        SentenceEnd().Split(block.TrimStart('|')).Select(one => one.Trim()).Where(one => one.Length > 0);

    private static int Words(string sentence) => sentence.Split(' ').Count(word => word.Any(char.IsLetterOrDigit));

    /// <summary>How many lines a block has when it is shown with <see cref="Columns"/> columns.</summary>
    private static int Lines(string block)
    {
        var (lines, column) = (1, 0);
        foreach (var word in block.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Columns)
                (lines, column) = (lines + 1, 0);
            column += word.Length + (column > 0 ? 1 : 0);
        }
        return lines;
    }

    private static string Comments(string source) =>
        XmlTag().Replace(string.Join('\n', CommentLine().Matches(source).Select(match => match.Groups[1].Value)), "");

    private static IEnumerable<string> Undescribed(JsonObject operation)
    {
        foreach (var member in new[] { "summary", "description" })
            if (string.IsNullOrWhiteSpace(operation[member]?.GetValue<string>()))
                yield return $"no {member}";
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            if (string.IsNullOrWhiteSpace(parameter!["description"]?.GetValue<string>()))
                yield return $"parameter {parameter["name"]} has no description";
    }

    private static IEnumerable<(string Place, string Text)> Texts(JsonNode? node, string place) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                member is { Key: "summary" or "description", Value: JsonValue value }
                && value.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? [($"{place}/{member.Key}", value.GetValue<string>())]
                    : Texts(member.Value, $"{place}/{member.Key}")
            ),
            JsonArray items => items.SelectMany((item, index) => Texts(item, $"{place}/{index}")),
            _ => [],
        };

    /// <summary>
    /// Details of problems that do not end as a sentence does. Validation messages continue the name of a member.
    /// </summary>
    private static IEnumerable<string> OpenEnded(string source) =>
        ProblemCall()
            .Matches(source)
            .Where(call => call.Groups[1].Value != "Invalid")
            .SelectMany(call => Literal().Matches(Arguments(source, call.Index + call.Length)))
            .Select(literal => literal.Groups[1].Value)
            .Where(text => text.Contains(' ', StringComparison.Ordinal) && text[^1] is not ('.' or '?' or '!' or '('));

    /// <summary>What a call is given. A text that is interpolated with another ends at the bracket before it.</summary>
    private static string Arguments(string source, int start)
    {
        var (depth, end, quoted) = (1, start, false);
        for (; end < source.Length && depth > 0; end++)
            if (source[end] == '"' && source[end - 1] != '\\')
                quoted = !quoted;
            else if (!quoted)
                depth += source[end] switch
                {
                    '(' => 1,
                    ')' => -1,
                    _ => 0,
                };
        return source[start..end];
    }

    private static string Unreleased(string changelog)
    {
        var start = changelog.IndexOf("## Unreleased", StringComparison.Ordinal);
        var end = changelog.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? changelog[start..] : changelog[start..end];
    }

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex HtmlComment();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"!?\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(?:[-*]|\d+\.) ")]
    private static partial Regex ItemStart();

    [GeneratedRegex(@"(?<=[.!?][)""]?)(?<!\b(?:e\.g|i\.e|etc|No|vs)\.)\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"^\s*///?(.*)$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex XmlTag();

    [GeneratedRegex(@"\bProblems\.(\w+)\(")]
    private static partial Regex ProblemCall();

    /// <summary>A text that is not continued by another.</summary>
    [GeneratedRegex(@"""((?:[^""\\]|\\.)*)""(?!\s*\+)")]
    private static partial Regex Literal();
}
