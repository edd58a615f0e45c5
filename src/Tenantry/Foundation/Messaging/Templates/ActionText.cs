using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// A text of a security mail: what stands before <c>{{ action }}</c>, and what stands after it. Each is a whole
/// template, so that the place cannot be inside a block, a tag, a string or a comment, and no filter or assignment can
/// reach what the service writes there.
/// </summary>
public sealed partial class ActionText
{
    private readonly TemplateText before;
    private readonly TemplateText after;

    private ActionText(TemplateText before, TemplateText after) =>
        (this.before, this.after, Variables) = (
            before,
            after,
            before.Variables.Union(after.Variables).ToHashSet(StringComparer.Ordinal)
        );

    /// <summary>The values that it uses, by their names.</summary>
    public IReadOnlySet<string> Variables { get; }

    /// <returns>null: <paramref name="fault"/> says what is wrong</returns>
    public static ActionText? Parse(string source, out string fault)
    {
        fault = "";
        var places = Place().Matches(source);
        if (places.Count != 1)
        {
            fault = "must hold {{ action }} once, by itself: the service writes the link or the code there";
            return null;
        }
        var (start, end) = (places[0].Index, places[0].Index + places[0].Length);
        if (
            TemplateText.TryParse(source[..start], out var before, out _)
            && TemplateText.TryParse(source[end..], out var after, out _)
        )
            return new ActionText(before, after);

        // Either the text has a fault, whose line and column its author wants to know, or the place is inside of something.
        fault = TemplateText.TryParse(source.Remove(start, end - start), out _, out var found)
            ? "must hold {{ action }} outside of every tag and block"
            : $"line {found.Line}, column {found.Column}: {found.Message}";
        return null;
    }

    /// <exception cref="TemplateLimitException">it makes too much of the values</exception>
    public string Text(
        IReadOnlyDictionary<string, JsonElement> values,
        MailAction action,
        CultureInfo culture,
        DateTimeOffset now
    ) =>
        action.Between(
            before.Render(values, TemplateEscape.None, culture, now),
            after.Render(values, TemplateEscape.None, culture, now)
        );

    /// <exception cref="TemplateLimitException">it makes too much of the values, or something that no security mail may
    /// hold</exception>
    public string Html(
        IReadOnlyDictionary<string, JsonElement> values,
        MailAction action,
        CultureInfo culture,
        DateTimeOffset now
    )
    {
        var first = before.Render(values, TemplateEscape.Html, culture, now);
        var rest = after.Render(values, TemplateEscape.Html, culture, now);
        return PlainMarkup.Fault(first, rest) is { } fault
            ? throw new TemplateLimitException(fault)
            : first + action.Html + rest;
    }

    /// <summary>Templates of before write <c>{{ link }}</c>, which was a variable then.</summary>
    [GeneratedRegex(@"\{\{[ \t]*(?:action|link)[ \t]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
