using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Rules;

/// <summary>
/// An assertion behind <c>?.</c> or <c>?[…]</c> is not made at all where the value before it is missing, so it could
/// not fail: <c>(a?.B).ShouldBe(…)</c> is made always.
/// </summary>
public sealed class AssertionTests
{
    [Theory]
    [InlineData("a?.B.ShouldBe(1);", true)]
    [InlineData("a?[\"b\"].ShouldNotBeNull();", true)]
    [InlineData("a?.B(c, d[1])!.E.ShouldBe(1);", true)]
    [InlineData("a?.B\n    .ShouldBe(1);", true)]
    [InlineData("(a?.B).ShouldBe(1);", false)]
    [InlineData("(a?.B ?? \"\").ShouldBe(1);", false)]
    [InlineData("F(a?.B, c).ShouldBe(1);", false)]
    [InlineData("var b = a?.B; c.ShouldBe(1);", false)]
    [InlineData("a ? [1] : [2].ShouldBe(x);", false)]
    public void An_assertion_behind_a_conditional_access_is_recognised(string text, bool isSkipped) =>
        IsSkipped(text).ShouldBe(isSkipped);

    [Fact]
    public void No_assertion_is_skipped_where_what_it_looks_at_is_missing()
    {
        var folder = Path.Combine(Repository.Root, "tests/Tenantry.Tests");
        var files = new[] { "Clients", "Commands", "Deploy", "Features", "Foundation", "Harness", "Rules" }
            .SelectMany(part =>
                Directory.EnumerateFiles(Path.Combine(folder, part), "*.cs", SearchOption.AllDirectories)
            )
            .ToList();

        files.Count.ShouldBeGreaterThan(150);
        files
            .Where(path => Path.GetFileName(path) != "AssertionTests.cs" && IsSkipped(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(folder, path))
            .ShouldBeEmpty();
    }

    /// <summary>
    /// Whether <c>.Should…</c> stands in the same chain as a conditional access: after it, with no bracket closed that
    /// was opened before it.
    /// </summary>
    private static bool IsSkipped(string text)
    {
        for (var at = text.IndexOf('?', StringComparison.Ordinal); at >= 0; at = text.IndexOf('?', at + 1))
        {
            if (at + 1 < text.Length && text[at + 1] is '.' or '[' && ReachesAssertion(text, at + 1))
                return true;
        }
        return false;
    }

    private static bool ReachesAssertion(string text, int from)
    {
        for (var (at, depth) = (from, 0); at < text.Length; at++)
        {
            if (depth == 0 && text.AsSpan(at).StartsWith(".Should", StringComparison.Ordinal))
                return true;
            if (text[at] is '(' or '[' or '{')
                depth++;
            else if (text[at] is ')' or ']' or '}' && --depth < 0)
                return false;
            else if (depth == 0 && text[at] is ';' or ',' or '=' or '?' or ':' or '<' or '&' or '|')
                return false;
        }
        return false;
    }
}
