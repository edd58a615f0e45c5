using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>What a template may do, and how much of it.</summary>
internal static partial class TemplateSandbox
{
    public const int MostSteps = 10_000;
    public const int MostOutput = 256 * 1024;
    public const int LongestTag = 1_000;
    public const int LongestRange = 1_000;
    public const int Deepest = 20;
    public const int DeepestBrackets = 5;
    public const int MostTags = 1_000;
    public const int MostFilters = 20;
    public const int MostConditions = 50;

    /// <summary>
    /// So many results of conditions one rendering may keep, in a variable or as what a filter works on. Each holds the value that it was made of, so that they become a chain as long as a loop runs,
    /// which is followed to its end, by calls in each other, whenever it is looked at.
    /// </summary>
    private const int MostKeptConditions = 200;

    /// <summary>Characters and members that all filters of one rendering make together.</summary>
    private const long MostMade = 512 * 1024;
    private const string Made = "made";

    private static readonly FrozenSet<string> Tags = FrozenSet.Create(
        StringComparer.Ordinal,
        "assign",
        "break",
        "case",
        "comment",
        "#",
        "continue",
        "cycle",
        "decrement",
        "echo",
        "for",
        "if",
        "increment",
        "raw",
        "unless"
    );

    /// <summary>Those of Liquid that make no more of a value than they are given, or little; the ones that could are measured first.</summary>
    private static readonly string[] Filters =
    [
        "abs",
        "append",
        "at_least",
        "at_most",
        "capitalize",
        "ceil",
        "compact",
        "concat",
        "date",
        "default",
        "divided_by",
        "downcase",
        "escape",
        "escape_once",
        "first",
        "floor",
        "format_number",
        "join",
        "last",
        "lstrip",
        "map",
        "minus",
        "modulo",
        "newline_to_br",
        "plus",
        "prepend",
        "raw",
        "remove",
        "remove_first",
        "replace",
        "replace_first",
        "reverse",
        "round",
        "rstrip",
        "size",
        "slice",
        "sort",
        "split",
        "strip",
        "strip_html",
        "strip_newlines",
        "sum",
        "times",
        "truncate",
        "truncatewords",
        "uniq",
        "upcase",
        "url_decode",
        "url_encode",
        "where",
    ];

    private static readonly FilterCollection Allowed = Bounded();

    /// <summary>With the tags that are allowed, and no others.</summary>
    public static FluidParser Parser { get; } = MakeParser();

    public static bool Knows(string filter) => Allowed.TryGetValue(filter, out _);

    public static bool HasTag(string name) => Tags.Contains(name);

    public static TemplateContext Context(
        IReadOnlyDictionary<string, JsonElement> values,
        CultureInfo culture,
        DateTimeOffset now
    )
    {
        var options = new TemplateOptions
        {
            MaxSteps = MostSteps,
            MaxRecursion = Deepest * 5,
            CultureInfo = culture,
            Now = () => now,
            TimeZone = TimeZoneInfo.Utc,
            MemberAccessStrategy = new Closed(),
            Assigned = static (_, value, context) =>
            {
                Keep(context, value);
                return new ValueTask<FluidValue>(value);
            },
        };
        options.Filters.Clear();
        foreach (var (name, filter) in Allowed)
            options.Filters.AddFilter(name, filter);
        var context = new TemplateContext(options);
        context.AmbientValues[Made] = new Spent();
        foreach (var (name, value) in values)
            context.SetValue(name, Of(value));
        return context;
    }

    private static FluidParser MakeParser()
    {
        var parser = new FluidParser(
            new FluidParserOptions
            {
                AllowFunctions = false,
                AllowParentheses = false,
                AllowLiquidTag = false,
            }
        );
        foreach (var tag in parser.RegisteredTags.Keys.Where(tag => !Tags.Contains(tag)).ToList())
            parser.RegisteredTags.Remove(tag);
        // The others say so where they cannot go on; this one would end the text in silence.
        parser.RegisteredTags["echo"] = parser.RegisteredTags["echo"].ElseError("Invalid 'echo' tag");
        return parser;
    }

    private static FilterCollection Bounded()
    {
        var (all, bounded) = (new TemplateOptions().Filters, new FilterCollection(Filters.Length));
        foreach (var name in Filters)
        {
            if (!all.TryGetValue(name, out var filter))
                throw new InvalidOperationException($"Fluid has no filter {name}.");
            bounded.AddFilter(
                name,
                async (input, arguments, context) =>
                {
                    Keep(context, input);
                    Charge(context, Ahead(name, input, arguments));
                    var made = await filter(input, arguments, context);
                    Charge(context, SizeOf(made));
                    return made;
                }
            );
        }
        return bounded;
    }

    /// <summary>What a filter could make at most that makes much out of little.</summary>
    private static long Ahead(string name, FluidValue input, FilterArguments arguments)
    {
        switch (name)
        {
            case "replace":
                var (text, sought, with) = (
                    input.ToStringValue().Length,
                    arguments.At(0).ToStringValue().Length,
                    arguments.At(1).ToStringValue().Length
                );
                return (text / Math.Max(1, sought) + 1L) * with;
            case "join":
                return SizeOf(input) * Math.Max(1L, arguments.At(0).ToStringValue().Length);
            case "date"
                when Padding().IsMatch(arguments.At(0).ToStringValue()) || arguments.At(0).ToStringValue().Length > 100:
            case "format_number"
                when arguments.At(0).ToStringValue().Length > 100 || Padding().IsMatch(arguments.At(0).ToStringValue()):
                return MostMade + 1;
            case "round" when arguments.At(0).ToNumberValue() is < 0 or > 20:
                return MostMade + 1;
            default:
                return 0;
        }
    }

    private static void Charge(TemplateContext context, long made)
    {
        var spent = (Spent)context.AmbientValues[Made];
        if ((spent.Made += made) > MostMade)
            throw new TemplateLimitException("it makes more of its values than it may");
    }

    private static void Keep(TemplateContext context, FluidValue value)
    {
        if (
            value is BinaryExpressionFluidValue
            && ++((Spent)context.AmbientValues[Made]).Conditions > MostKeptConditions
        )
            throw new TemplateLimitException($"it keeps the results of more than {MostKeptConditions} conditions");
    }

    private static long SizeOf(FluidValue value) =>
        value switch
        {
            StringValue text => text.ToStringValue().Length,
            ArrayValue array => array.Values.Sum(one =>
                8L + (one is StringValue text ? text.ToStringValue().Length : 0)
            ),
            _ => 8,
        };

    private static FluidValue Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new StringValue(value.GetString()!),
            JsonValueKind.Number => NumberValue.Create(value.TryGetDecimal(out var number) ? number : 0),
            JsonValueKind.True => BooleanValue.True,
            JsonValueKind.False => BooleanValue.False,
            JsonValueKind.Array => new ArrayValue([.. value.EnumerateArray().Select(Of)]),
            JsonValueKind.Object => new DictionaryValue(
                new FluidValueDictionaryFluidIndexable(
                    value
                        .EnumerateObject()
                        .ToDictionary(member => member.Name, member => Of(member.Value), StringComparer.Ordinal)
                )
            ),
            _ => NilValue.Instance,
        };

    [GeneratedRegex(@"\d{3}")]
    private static partial Regex Padding();

    /// <summary>What one rendering has used up.</summary>
    private sealed class Spent
    {
        public long Made { get; set; }

        public int Conditions { get; set; }
    }

    /// <summary>No member of any object of .NET.</summary>
    private sealed class Closed : MemberAccessStrategy
    {
        public override IMemberAccessor? GetAccessor(Type type, string name) => null;

        public override void Register(Type type, IEnumerable<KeyValuePair<string, IMemberAccessor>> accessors)
        {
            // There is nothing to register.
        }
    }
}

/// <summary>Takes so many characters and no more.</summary>
internal sealed class BoundedWriter(int most) : TextWriter
{
    private readonly StringBuilder text = new();

    public override Encoding Encoding => Encoding.Unicode;

    public override void Write(char value)
    {
        Demand(1);
        text.Append(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Demand(count);
        text.Append(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Demand(buffer.Length);
        text.Append(buffer);
    }

    public override void Write(string? value)
    {
        Demand(value?.Length ?? 0);
        text.Append(value);
    }

    public override Task WriteAsync(char value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(char[] buffer, int index, int count)
    {
        Write(buffer, index, count);
        return Task.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return Task.CompletedTask;
    }

    public override Task FlushAsync() => Task.CompletedTask;

    public override string ToString() => text.ToString();

    private void Demand(int more)
    {
        if (text.Length + more > most)
            throw new TemplateLimitException($"it makes more than {most} characters");
    }
}
