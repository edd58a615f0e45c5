using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Fluid;
using Fluid.Values;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>The limits of a template: its size, its tags and filters, and the values that it can read.</summary>
internal static class TemplateSandbox
{
    public const int MaxSteps = 10_000;
    public const int MaxOutput = 256 * 1024;
    public const int MaxTagLength = 1_000;
    public const int MaxRange = 1_000;
    public const int MaxDepth = 20;
    public const int MaxBracketDepth = 5;
    public const int MaxTags = 1_000;
    public const int MaxFilters = 20;
    public const int MaxConditions = 50;

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

    /// <summary>Parses the allowed tags, and refuses all others.</summary>
    public static FluidParser Parser { get; } = MakeParser();

    public static bool HasTag(string name) => Tags.Contains(name);

    public static TemplateContext Context(
        IReadOnlyDictionary<string, JsonElement> values,
        CultureInfo culture,
        DateTimeOffset now
    )
    {
        var options = new TemplateOptions
        {
            MaxSteps = MaxSteps,
            MaxRecursion = MaxDepth * 5,
            CultureInfo = culture,
            Now = () => now,
            TimeZone = TimeZoneInfo.Utc,
            MemberAccessStrategy = new NoMembers(),
            Assigned = static (_, value, context) =>
            {
                RenderingBudget.Of(context).Keep(value);
                return new ValueTask<FluidValue>(value);
            },
        };
        options.Filters.Clear();
        foreach (var (name, filter) in TemplateFilters.Allowed)
            options.Filters.AddFilter(name, filter);
        var context = new TemplateContext(options);
        new RenderingBudget().AddTo(context);
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
        // Other tags report what they cannot parse. Without this, 'echo' would end the text without an error.
        parser.RegisteredTags["echo"] = parser.RegisteredTags["echo"].ElseError("Invalid 'echo' tag");
        return parser;
    }

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

    /// <summary>A template reads no member of a .NET object.</summary>
    private sealed class NoMembers : MemberAccessStrategy
    {
        public override IMemberAccessor? GetAccessor(Type type, string name) => null;

        public override void Register(Type type, IEnumerable<KeyValuePair<string, IMemberAccessor>> accessors)
        {
            // No member is accessible.
        }
    }
}
