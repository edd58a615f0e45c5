using System.Globalization;
using System.Text.Json;
using CsCheck;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Tests.Foundation.Messaging.Templates;

/// <summary>Liquid by people who are not trusted.</summary>
public sealed class TemplateTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Greedy =>
        [
            "{% assign a = 'xxxxxxxxxxxxxxxx' %}"
                + string.Concat(Enumerable.Repeat("{% assign a = a | append: a %}", 40))
                + "{{ a }}",
            "{% assign a = 'aaaaaaaaaaaaaaaa' %}"
                + string.Concat(Enumerable.Repeat("{% assign a = a | replace: 'a', a %}", 10))
                + "{{ a }}",
            "{% assign a = 'a,a,a,a,a,a,a,a' | split: ',' %}"
                + string.Concat(Enumerable.Repeat("{% assign a = a | concat: a %}", 40))
                + "{{ a | size }}",
            "{% assign a = long | split: '' | join: long %}{{ a }}",
            "{% for a in list %}{% for b in list %}{% for c in list %}{% for d in list %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
            "{% for a in list %}{% for b in list %}{{ long }}{% endfor %}{% endfor %}",
            "{{ 'now' | date: '%100000000Y' }}",
            "{{ 1 | times: 79228162514264337593543950335 | times: 10 }}",
            "{{ 1 | divided_by: 0 }}",
            "{{ 1 | round: 999999999 }}",
        ];

    public static TheoryData<string, int, int> Faulty =>
        new()
        {
            { "one\ntwo {{ a | }}", 2, 12 },
            { "one\n {% foo %}", 2, 2 },
            { "{% if a %}", 1, 1 },
            { "{% include 'x' %}", 1, 1 },
            { "{% render 'x' %}", 1, 1 },
            { "{% capture a %}x{% endcapture %}", 1, 1 },
            { "{% liquid\nassign a = 1 %}", 1, 1 },
            { "a\n{{ a | md5 }}", 2, 8 },
            { "\n{% for i in (1..2000000000) %}{% endfor %}", 2, 13 },
            { "{% for i in (1..a) %}{% endfor %}", 1, 13 },
            { "{{ ((1..2)..3) }}", 1, 4 },
            { "{{ a }} {{ (a) }}", 1, 12 },
            { "ok\n" + string.Concat(Enumerable.Repeat("{% if a %}", 21)), 2, 201 },
            { "{{ a" + Repeat("[a", 6) + Repeat("]", 6) + " }}", 1, 1 },
            { "{{ a[b }}", 1, 1 },
            { "{{ a] }}", 1, 5 },
            { "{{ a" + Repeat(" | upcase", 21) + " }}", 1, 1 },
            { "a{% if a" + Repeat(" and a", 51) + " %}{% endif %}", 1, 2 },
            { "a{% if a" + Repeat("or'a'", 51) + " %}{% endif %}", 1, 2 },
            { "x" + Repeat("{{ a }}", 1_001), 1, 7_002 },
            { "{% endif %}", 1, 1 },
            { "{% if a %}\n  {% endfor %}", 2, 3 },
            { "{% if a %}{% else %}{% elsif b %}{% endif %}", 1, 21 },
            { "{% unless a %}{% elsif b %}{% endunless %}", 1, 15 },
            { "{% when 1 %}", 1, 1 },
            { "{% endcomment %}", 1, 1 },
            { "x{% comment %}{% if a %}", 1, 2 },
            { "{% comment %}{%\u00a0endcomment %}", 1, 14 },
            { "{% raw %}{% endraw x %}", 1, 10 },
            { "{% comment x %}{% endcomment %}", 1, 1 },
            { "x{{ 'abc }}", 1, 2 },
            { "{{ 'a\\q' }}", 1, 4 },
            { "x{% # a", 1, 2 },
            { "{{ a {{ b }}", 1, 6 },
            { "{{ a %} }}", 1, 6 },
            { "{% if a }}", 1, 9 },
            { "{% echo a b %} and more", 1, 8 },
            { "x{{", 1, 2 },
            { "{{ a" + string.Concat(Enumerable.Repeat(" or a", 190)) + " }}", 1, 1 },
            { new string('x', 70_000), 1, 1 },
        };

    [Theory, MemberData(nameof(Greedy))]
    public void What_would_take_too_much_is_stopped(string source)
    {
        TemplateText.TryParse(source, out var text, out var fault).ShouldBeTrue(fault?.Message);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<TemplateLimitException>(() =>
            Render(text!, new { @long = new string('x', 5_000), list = Enumerable.Range(0, 100) })
        );

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024 * 1024);
    }

    [Theory, MemberData(nameof(Faulty))]
    public void A_template_fault_is_reported_with_line_and_column(string source, int line, int column)
    {
        TemplateText.TryParse(source, out _, out var fault).ShouldBeFalse();

        (fault!.Line, fault.Column).ShouldBe((line, column), fault.Message);
        fault.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Values_are_text_in_HTML_and_what_they_are_elsewhere()
    {
        TemplateText.TryParse("{{ a }} {{ a | raw }}", out var text, out _).ShouldBeTrue();

        Render(text!, new { a = "<b>&\"" }, TemplateEscape.Html).ShouldBe("&lt;b&gt;&amp;&quot; <b>&\"");
        Render(text!, new { a = "<b>&\"" }).ShouldBe("<b>&\" <b>&\"");
    }

    [Fact]
    public void It_sees_nothing_but_its_values()
    {
        TemplateText
            .TryParse(
                "{{ a.Length }}{{ a.GetType }}{{ o.Keys }}{{ l.Count }}{{ n.MaxValue }}[{{ o.own }}][{{ l[1] }}][{{ o['own'] }}]",
                out var text,
                out _
            )
            .ShouldBeTrue();

        Render(
                text!,
                new
                {
                    a = "text",
                    o = new { own = "mine" },
                    l = new[] { 1, 2 },
                    n = 1,
                }
            )
            .ShouldBe("[mine][2][mine]");
    }

    [Fact]
    public void What_it_uses_is_known_and_what_it_makes_is_not_among_it()
    {
        TemplateText
            .TryParse(
                "{% assign x = a %}{% for i in list %}{{ i.name }}{{ forloop.index }}{{ x }}{% if b == c %}{{ m[k] }}{% endif %}{% endfor %}{% case d %}{% when e %}{% endcase %}{{ f | append: g }}",
                out var text,
                out _
            )
            .ShouldBeTrue();

        text!.Variables.Order().ShouldBe(["a", "b", "c", "d", "e", "f", "g", "k", "list", "m"]);
    }

    [Fact]
    public void The_present_is_the_clocks_and_times_are_in_UTC()
    {
        TemplateText
            .TryParse("{{ 'now' | date: '%Y-%m-%d %H:%M' }} {{ d | date: '%d.%m.%Y' }}", out var text, out _)
            .ShouldBeTrue();

        Render(text!, new { d = "2026-02-03" }).ShouldBe("2026-01-31 08:00 03.02.2026");
    }

    [Fact]
    public void A_subject_is_one_line_whatever_is_in_it()
    {
        TemplateText.TryParse("Order {{ a }}", out var subject, out _).ShouldBeTrue();
        var values = JsonSerializer
            .SerializeToElement(new { a = "1\r\nBcc: x@example.com\u2028\0y" })
            .EnumerateObject()
            .ToDictionary(one => one.Name, one => one.Value);

        new MessageText(subject, null, null)
            .Render(values, CultureInfo.InvariantCulture, Now)
            .Subject.ShouldBe("Order 1  Bcc: x@example.com  y");
    }

#if !MUTATION // a score must not depend on chance
    [Fact]
    public void Whatever_is_written_is_parsed_or_refused()
    {
        string[] pieces =
        [
            "{{",
            "}}",
            "{%",
            "%}",
            " a ",
            "|",
            "if",
            "endif",
            "for",
            " in ",
            "(1..3)",
            "'",
            "[",
            "]",
            "append: ",
            "\n",
            "é",
            "assign b = ",
            "-",
        ];
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 30]
            .Select(chosen => string.Concat(chosen.Select(piece => pieces[piece])))
            .Sample(
                source =>
                {
                    if (!TemplateText.TryParse(source, out var text, out var fault))
                        return fault!.Line >= 1 && fault.Column >= 1;
                    try
                    {
                        Render(text!, new { a = "x" });
                    }
                    catch (TemplateLimitException)
                    {
                        // That is an answer too.
                    }
                    return true;
                },
                iter: 3_000
            );
    }
#endif

    [Theory]
    [InlineData("de-CH,de;q=0.9,en;q=0.8", "de")]
    [InlineData("fr-FR, de-AT;q=0.5", "fr")]
    [InlineData("en-US", "en")]
    [InlineData("xx, ;;q=, *", null)]
    [InlineData(null, null)]
    public void The_best_language_that_there_is_is_chosen(string? header, string? chosen) =>
        Locale.Choose(["en", "de", "fr"], Locale.Accepted(header)).ShouldBe(chosen);

    [Theory]
    [InlineData("DE-ch", "de-CH")]
    [InlineData("zh-hans-cn", "zh-Hans-CN")]
    [InlineData("e", null)]
    [InlineData("en_US", null)]
    [InlineData("en-US\r\nX: y", null)]
    public void A_language_tag_has_one_writing(string tag, string? normalized) =>
        Locale.Normalized(tag).ShouldBe(normalized);

    [Fact]
    public void A_chain_of_conditions_that_a_loop_keeps_is_bounded()
    {
        foreach (
            var step in new[]
            {
                "{% assign a = a or b %}",
                "{% for x in l %}{% assign l = x or b | concat: b %}{% endfor %}",
            }
        )
        {
            TemplateText
                .TryParse("{% for i in (1..300) %}" + step + "{% endfor %}{{ a }}", out var text, out var fault)
                .ShouldBeTrue(fault?.Message);

            Should
                .Throw<TemplateLimitException>(() =>
                    Render(
                        text!,
                        new
                        {
                            a = "x",
                            b = new[] { "y" },
                            l = new[] { "z" },
                        }
                    )
                )
                .Message.ShouldContain("conditions");
        }
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Render(TemplateText text, object values, TemplateEscape escape = TemplateEscape.None) =>
        text.Render(
            JsonSerializer.SerializeToElement(values).EnumerateObject().ToDictionary(one => one.Name, one => one.Value),
            escape,
            CultureInfo.InvariantCulture,
            Now
        );
}
