using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>The filters that a template may use. Each call is charged to the <see cref="RenderingBudget"/>.</summary>
internal static partial class TemplateFilters
{
    /// <summary>
    /// The filters of Liquid whose result is at most little larger than their input. Those that can produce much from
    /// little are estimated before they run.
    /// </summary>
    private static readonly string[] Names =
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

    public static FilterCollection Allowed { get; } = Charged();

    public static bool Contains(string filter) => Allowed.TryGetValue(filter, out _);

    private static FilterCollection Charged()
    {
        var (all, charged) = (new TemplateOptions().Filters, new FilterCollection(Names.Length));
        foreach (var name in Names)
        {
            if (!all.TryGetValue(name, out var filter))
                throw new InvalidOperationException($"Fluid has no filter {name}.");
            charged.AddFilter(
                name,
                async (input, arguments, context) =>
                {
                    var budget = RenderingBudget.Of(context);
                    budget.Keep(input);
                    budget.Charge(Estimate(name, input, arguments));
                    var result = await filter(input, arguments, context);
                    budget.Charge(RenderingBudget.SizeOf(result));
                    return result;
                }
            );
        }
        return charged;
    }

    /// <summary>The largest size that a filter could produce, for filters that can produce much from little.</summary>
    private static long Estimate(string name, FluidValue input, FilterArguments arguments)
    {
        switch (name)
        {
            case "replace":
                var (text, pattern, replacement) = (
                    input.ToStringValue().Length,
                    arguments.At(0).ToStringValue().Length,
                    arguments.At(1).ToStringValue().Length
                );
                return (text / Math.Max(1, pattern) + 1L) * replacement;
            case "join":
                return RenderingBudget.SizeOf(input) * Math.Max(1L, arguments.At(0).ToStringValue().Length);
            case "date" or "format_number" when IsUnboundedFormat(arguments.At(0).ToStringValue()):
            case "round" when arguments.At(0).ToNumberValue() is < 0 or > 20:
                return RenderingBudget.MaxSize + 1;
            default:
                return 0;
        }
    }

    /// <summary>Whether a format asks for padding of three digits or more, or is long itself.</summary>
    private static bool IsUnboundedFormat(string format) => format.Length > 100 || Padding().IsMatch(format);

    [GeneratedRegex(@"\d{3}")]
    private static partial Regex Padding();
}
