using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tenantry.Tests.Harness;

namespace Tenantry.BrowserTests;

/// <summary>The diagrams of the documentation, drawn by Mermaid as those who read it see them.</summary>
public sealed partial class DiagramTests(RunningSample sample)
{
    private static readonly string Mermaid = Path.Combine(Repository.Root, ".local/mermaid/mermaid.min.js");

    [Fact]
    public async Task Every_diagram_of_the_documentation_can_be_drawn()
    {
        RunningSample.Need();
        if (!File.Exists(Mermaid))
            Assert.Skip("Mermaid is missing. Run:  scripts/mermaid.sh need");
        var diagrams = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .SelectMany(page =>
                Diagram()
                    .Matches(File.ReadAllText(page))
                    .Select(match => (Page: Path.GetFileName(page), Text: match.Groups[1].Value))
            )
            .ToList();
        diagrams.Count.ShouldBeGreaterThan(15);
        await using var page = await sample.EmptyPage();
        await page.Page.AddScriptTagAsync(new() { Path = Mermaid });
        await page.Page.EvaluateAsync("mermaid.initialize({ startOnLoad: false })");

        List<string> faults = [];
        foreach (var (name, text) in diagrams)
            if (await Draw(page.Page, text) is { Length: > 0 } fault)
                faults.Add($"{name}: {fault}\n{text}");

        faults.ShouldBeEmpty();
        (await Draw(page.Page, "sequenceDiagram\n  A->>B no colon")).ShouldNotBeEmpty(); // what is none is seen
    }

    /// <returns>what is wrong with it; empty where it became a drawing</returns>
    private static Task<string> Draw(IPage page, string text) =>
        page.EvaluateAsync<string>(
            """
            async text => {
              try { return (await mermaid.render('drawing', text)).svg.startsWith('<svg') ? '' : 'no drawing'; } catch (fault) { return fault.message; }
            }
            """,
            text
        );

    [GeneratedRegex(@"^```mermaid\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Diagram();
}
