using CsCheck;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Tests.Foundation.Messaging.Templates;

/// <summary>
/// What stands between texts of tenants and the library that parses them. No text here is deeper than the library can
/// take without a guard: on the stack of this process it would end well, and on the small one of the property it shows
/// a guard that has become too weak.
/// </summary>
public sealed class TemplateGuardTests
{
    /// <summary>Bytes: a thirty-second of what production has.</summary>
    private const int SmallStack = 256 * 1024;

    public static TheoryData<string, string, string> Read =>
        new()
        {
            { "{{ 'a }} {% if %}' }}", "a", "a }} {% if %}" },
            { "{{ \"it's\" }}{{ 'a\\'b' }}", "a", "it'sa'b" },
            { "{% raw %}{{ x }}{% if %}{%endraw%}y", "a", "{{ x }}{% if %}y" },
            { "{% comment %}{% if %}{% endif %}{% endfor %}{{ '{%- endcomment -%} y", "a", "y" },
            { "{% comment %}{% comment %}{% endcomment %}x", "a", "x" },
            { "x{%# it's {{ fine %}y{%#%}", "a", "xy" },
            { "{%-if a-%} x {%-else-%} y {%-endif-%} ", "a", "x" },
            { "{{-a-}} { { % } }} %}", "a", "A{ { % } }} %}" },
            {
                "{% case a %} {% comment %}x{% endcomment %} {% when 'A', 'B' or 'C' %}1{% when 'D' %}2{% else %}3{% endcase %}",
                "a",
                "1"
            },
            {
                "{% for i in (1..3) reversed limit: 2 %}{{ i }}{% endfor %}{% for i in b %}{% else %}none{% endfor %}",
                "a",
                "21none"
            },
            { "{% unless a %}1{% else %}2{% endunless %}{% if b %}1{% elsif a %}2{% endif %}", "a", "22" },
            {
                "{% assign order = a | append: '|' %}{{ order }}{% echo -1 | abs %}{% cycle 'x', 'y' %}{% increment n %}{% decrement m %}",
                "a",
                "A|1x00"
            },
            {
                "{% for i in (1..9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
                "a",
                "13"
            },
        };

    [Theory, MemberData(nameof(Read))]
    public void A_text_is_read_as_the_library_reads_it(string source, string name, string rendered)
    {
        TemplateText.TryParse(source, out var text, out var fault).ShouldBeTrue(fault?.ToString());

        text!
            .Render(
                new Dictionary<string, System.Text.Json.JsonElement>
                {
                    [name] = System.Text.Json.JsonElement.Parse("\"A\""),
                },
                TemplateEscape.None,
                System.Globalization.CultureInfo.InvariantCulture,
                default
            )
            .ShouldBe(rendered);
    }

    /// <summary>Ends that are no ends: in a comment, in raw text, in quotes, and more than were opened.</summary>
    [Theory]
    [InlineData("{% comment %}{% endif %}{% endif %}{% endif %}{% endcomment %}")]
    [InlineData("{% raw %}{% endif %}{% endif %}{% endif %}{% endraw %}")]
    [InlineData("{{ '{% endif %}{% endif %}{% endif %}' }}")]
    [InlineData("{%# endif %}{%# endif %}{%# endif %}")]
    public void What_only_looks_like_an_end_makes_no_room_for_more_blocks(string ends)
    {
        var blocks = string.Concat(Enumerable.Repeat("{% if a %}", 19)) + ends + "{% if a %}" + ends + "{% if a %}";
        var tooDeep = blocks + string.Concat(Enumerable.Repeat("{% endif %}", 21));

        TemplateText.TryParse(tooDeep, out _, out var fault).ShouldBeFalse();

        fault!.Message.ShouldContain("20 blocks");
        TemplateText.TryParse(ends + "{% if a %}{% endif %}", out _, out _).ShouldBeTrue();
    }

#if !MUTATION // a score must not depend on chance
    [Fact]
    public void What_the_guard_passes_the_library_takes_within_a_small_stack()
    {
        string[] pieces =
        [
            "{% if a %}",
            "{% if a %}",
            "{% elsif b or c %}",
            "{% else %}",
            "{% endif %}",
            "{% endif %}",
            "{% for i in a %}",
            "{% for i in (1..3) %}",
            "{% endfor %}",
            "{% case a %}",
            "{% when 1, 'x' %}",
            "{% endcase %}",
            "{% unless a %}",
            "{% endunless %}",
            "{% comment %}",
            "{% endcomment %}",
            "{%-endcomment-%}",
            "{% raw %}",
            "{% endraw %}",
            "{%\u00a0endraw %}",
            "{% endcommentx %}",
            "{{ a }}",
            "{{ a[b[c['x']]] | append: \"y\" }}",
            "{{",
            "}}",
            "{%",
            "%}",
            "-",
            "'",
            "\"",
            "\\",
            " ",
            "#",
            "{%# ",
            "{% assign a = b | split: ',' %}",
            "{% echo a",
            "{{ 'x' ",
            "| upcase",
            " or a",
            "(1..3)",
            "[a",
            "]",
            "x",
            "\n",
        ];
        var parsed = 0;
        var text = Gen.Int[0, pieces.Length - 1]
            .Array[0, 60]
            .Select(chosen => string.Concat(chosen.Select(piece => pieces[piece])));
        Gen.OneOf(text, Nested(pieces))
            .Sample(
                source =>
                {
                    if (TemplateGuard.Check(source, out var statements) is not null)
                        return true;
                    var (template, fault) = OnSmallStack(() => TemplateText.Parse(source, statements));
                    if (template is not null)
                        Interlocked.Increment(ref parsed);
                    // If the two had read it differently, the library would have made something else of it than was
                    // counted.
                    return template is not null || !fault!.Message.Contains("to its end", StringComparison.Ordinal);
                },
                iter: 5_000,
                threads: 1
            );
        parsed.ShouldBeGreaterThan(500);
    }
#endif

    [Fact]
    public void The_deepest_that_the_guard_passes_fits_the_small_stack_in_all_dimensions_at_once()
    {
        var deepest =
            string.Concat(Enumerable.Repeat("{% if a %}{% else %}", TemplateSandbox.MaxDepth))
            + "{% if a"
            + string.Concat(Enumerable.Repeat("[a", TemplateSandbox.MaxBracketDepth))
            + new string(']', TemplateSandbox.MaxBracketDepth)
            + string.Concat(Enumerable.Repeat(" or a", TemplateSandbox.MaxConditions))
            + " %}{% endif %}";
        TemplateGuard
            .Check(deepest + string.Concat(Enumerable.Repeat("{% endif %}", TemplateSandbox.MaxDepth)), out _)
            .ShouldNotBeNull(); // one too deep

        var source =
            deepest
                .Replace("{% if a[", "{% assign b = a[", StringComparison.Ordinal)
                .Replace("{% endif %}", "", StringComparison.Ordinal)
            + "{{ a"
            + string.Concat(Enumerable.Repeat(" | append: a", TemplateSandbox.MaxFilters))
            + " }}"
            + string.Concat(Enumerable.Repeat("{% endif %}", TemplateSandbox.MaxDepth));
        TemplateGuard.Check(source, out var statements).ShouldBeNull();

        OnSmallStack(() =>
            {
                var (text, fault) = TemplateText.Parse(source, statements);
                text.ShouldNotBeNull(fault?.ToString());
                return text.Render(
                    new Dictionary<string, System.Text.Json.JsonElement>(),
                    TemplateEscape.None,
                    System.Globalization.CultureInfo.InvariantCulture,
                    default
                );
            })
            .ShouldBe("");
    }

    [Fact]
    public void Many_texts_at_once_are_all_parsed() =>
        Parallel.For(0, 200, i => TemplateText.TryParse($"{{{{ a{i} }}}}", out var text, out _).ShouldBeTrue());

    /// <summary>Well formed on the whole, some pieces thrown in, and never more than 30 blocks deep.</summary>
    private static Gen<string> Nested(string[] pieces) =>
        Gen.Select(
            Gen.Int[0, 30],
            Gen.Int[0, 3].Array[30],
            Gen.Int[0, pieces.Length * 8].Array[30],
            (depth, kinds, thrown) =>
            {
                (string Open, string Close)[] blocks =
                [
                    ("{% if a %}x{% else %}", "{% endif %}"),
                    ("{% for i in a %}", "{%- endfor %}"),
                    ("{% case a %}{% when 1 %}", "{% endcase %}"),
                    ("{% unless a or b %}", "{% endunless -%}"),
                ];
                var chosen = kinds.Take(depth).Select(kind => blocks[kind]).ToList();
                return string.Concat(
                        chosen.Select((block, i) => block.Open + (thrown[i] < pieces.Length ? pieces[thrown[i]] : ""))
                    )
                    + "{{ a | upcase }}"
                    + string.Concat(Enumerable.Reverse(chosen).Select(block => block.Close));
            }
        );

    private static T OnSmallStack<T>(Func<T> work)
    {
        var (result, failure) = (default(T), (Exception?)null);
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            SmallStack
        );
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }
}
