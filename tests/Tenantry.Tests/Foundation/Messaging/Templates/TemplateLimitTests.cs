using System.Globalization;
using System.Text.Json;
using Fluid.Values;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Tests.Foundation.Messaging.Templates;

/// <summary>The exact limits of a rendering.</summary>
public sealed class TemplateLimitTests
{
    private static readonly char[] Three = ['x', 'y', 'z'];

    [Fact]
    public async Task The_output_is_limited_by_each_way_to_write()
    {
        Action<TextWriter>[] ways =
        [
            writer => writer.Write("xyz"),
            writer => writer.Write(Three, 0, 3),
            writer => writer.Write(Three.AsSpan()),
            writer => writer.WriteAsync("xyz").GetAwaiter().GetResult(),
            writer => writer.WriteAsync(Three, 0, 3).GetAwaiter().GetResult(),
            writer => writer.WriteAsync(Three.AsMemory()).GetAwaiter().GetResult(),
            writer =>
            {
                writer.Write('x');
                writer.WriteAsync('y').GetAwaiter().GetResult();
                writer.Write('z');
            },
        ];
        foreach (var write in ways)
        {
            using var writer = new BoundedWriter(6);
            write(writer);
            write(writer);
            writer.ToString().ShouldBe("xyzxyz");
            Should
                .Throw<TemplateLimitException>(() => write(writer))
                .Message.ShouldBe("it produces more than 6 characters");
            Should.Throw<TemplateLimitException>(() => writer.Write('x'));
            writer.ToString().ShouldBe("xyzxyz");
        }
        using var empty = new BoundedWriter(0);
        empty.Write((string?)null);
        await empty.WriteAsync((string?)null);
        await empty.FlushAsync();
        empty.ToString().ShouldBe("");
        empty.Encoding.ShouldBe(System.Text.Encoding.Unicode);
    }

    [Fact]
    public void The_budget_is_spent_up_to_its_last_character()
    {
        var budget = new RenderingBudget();

        budget.Charge(RenderingBudget.MaxSize - 1);
        budget.Charge(1);

        Should
            .Throw<TemplateLimitException>(() => budget.Charge(1))
            .Message.ShouldBe("its filters produce more than 524288 characters");
        RenderingBudget.SizeOf(new StringValue("abc")).ShouldBe(3);
        RenderingBudget.SizeOf(NumberValue.Create(5)).ShouldBe(8);
        RenderingBudget.SizeOf(new ArrayValue([new StringValue("abc"), NumberValue.Create(5)])).ShouldBe(8 + 3 + 8);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void A_rendering_keeps_200_results_of_conditions(int count, bool passes) =>
        Passes($"{{% for i in (1..{count}) %}}{{% assign a = b or c %}}{{% endfor %}}").ShouldBe(passes);

    [Theory]
    [InlineData("{{ t100 | replace: 'x', t1000 | size }}", true)]
    [InlineData("{{ t1000 | replace: 'x', t100 | size }}", true)]
    [InlineData("{{ t1000 | replace: 'x', t1000 | size }}", false)]
    [InlineData("{{ t1000 | replace: 'yy', t1000 | size }}", true)]
    [InlineData("{{ t1000 | replace: 'y', t1000 | size }}", false)]
    [InlineData("{{ t1000 | split: '' | join: t100 | size }}", false)]
    [InlineData("{{ t100 | split: '' | join: t100 | size }}", true)]
    [InlineData("{{ t100 | split: '' | join: '' | size }}", true)]
    [InlineData("{{ 'now' | date: '%99Y' }}", true)]
    [InlineData("{{ 'now' | date: '%100Y' }}", false)]
    [InlineData("{{ 5 | format_number: '000' }}", false)]
    [InlineData("{{ 5 | format_number: '00' }}", true)]
    [InlineData("{{ 5 | format_number: dashes100 }}", true)]
    [InlineData("{{ 5 | format_number: dashes101 }}", false)]
    [InlineData("{{ 1.5 | round: 20 }}", true)]
    [InlineData("{{ 1.5 | round: 21 }}", false)]
    [InlineData("{{ 1.5 | round: 0 }}", true)]
    [InlineData("{{ 1.5 | round: -1 }}", false)]
    [InlineData("{{ 'xxxxx' | upcase: 200 }}", true)]
    [InlineData("{% for i in (0..1000) %}{% endfor %}", true)]
    public void A_filter_that_could_produce_much_is_refused_before_it_runs(string source, bool passes) =>
        Passes(source).ShouldBe(passes, source);

    [Fact]
    public void The_size_of_all_filters_of_a_rendering_counts()
    {
        Passes("{% for i in (1..5) %}{% assign a = t100000 | upcase %}{% endfor %}").ShouldBeTrue();
        Passes("{% for i in (1..6) %}{% assign a = t100000 | upcase %}{% endfor %}").ShouldBeFalse();
    }

    [Theory]
    [InlineData("{% for i in (1..1000) %}{% for j in (1..11) %}{% endfor %}{% endfor %}", false)]
    [InlineData("{% for i in (1..9) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}", true)]
    public void The_steps_of_a_rendering_are_limited(string source, bool passes) => Passes(source).ShouldBe(passes);

    [Fact]
    public void Values_keep_their_types()
    {
        Render(
                "{{ n }} {{ d }} {{ y }} {{ o.a.b }} {{ l | join: ',' }} {{ l.size }}[{{ nil }}]{% if f %}x{% endif %}{% if y %}z{% endif %}"
            )
            .ShouldBe("5 1.25 true deep 1,two 2[]z");
        Render("{{ huge }}").ShouldBe("0");
    }

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}", "it uses a value in a way that its type does not support")]
    [InlineData(
        "{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}",
        "it needs more than 10000 steps"
    )]
    public void The_reason_of_a_failed_rendering_is_stated(string source, string reason)
    {
        TemplateText.TryParse(source, out var text, out _).ShouldBeTrue();

        Should.Throw<TemplateLimitException>(() => Render(text!)).Message.ShouldBe(reason);
    }

    [Fact]
    public void A_failure_on_a_parser_thread_is_the_failure_of_the_caller()
    {
        TemplateThreads.Run(() => 5).ShouldBe(5);
        Should
            .Throw<InvalidOperationException>(() =>
                TemplateThreads.Run<int>(() => throw new InvalidOperationException("mine"))
            )
            .Message.ShouldBe("mine");
        TemplateThreads
            .Run(() => (Thread.CurrentThread.Name, Thread.CurrentThread.IsBackground))
            .ShouldBe(("template parser", true));
    }

    [Theory]
    [InlineData("{% increment n %}{% decrement m %}{{ n }}{{ m }}")]
    [InlineData("{% for n in (1..2) %}{{ n }}{{ forloop.index }}{% endfor %}")]
    [InlineData("{% assign n = 1 %}{{ n }}")]
    public void What_a_text_makes_itself_is_no_variable_of_it(string source)
    {
        TemplateText.TryParse(source, out var text, out _).ShouldBeTrue();

        text!.Variables.ShouldBeEmpty();
    }

    private static bool Passes(string source)
    {
        TemplateText.TryParse(source, out var text, out var fault).ShouldBeTrue(fault?.ToString());
        try
        {
            Render(text!);
            return true;
        }
        catch (TemplateLimitException)
        {
            return false;
        }
    }

    private static string Render(string source)
    {
        TemplateText.TryParse(source, out var text, out var fault).ShouldBeTrue(fault?.ToString());
        return Render(text!);
    }

    private static string Render(TemplateText text) =>
        text.Render(
            JsonSerializer
                .SerializeToElement(
                    new
                    {
                        t100 = new string('x', 100),
                        t1000 = new string('x', 1000),
                        t100000 = new string('x', 100_000),
                        dashes100 = new string('-', 100),
                        dashes101 = new string('-', 101),
                        b = "b",
                        c = "c",
                        n = 5,
                        d = 1.25m,
                        y = true,
                        f = false,
                        o = new { a = new { b = "deep" } },
                        l = new object[] { 1, "two" },
                        nil = (string?)null,
                        huge = 1e300,
                    }
                )
                .EnumerateObject()
                .ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal),
            TemplateEscape.None,
            CultureInfo.InvariantCulture,
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero)
        );
}
