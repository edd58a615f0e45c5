using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// A text of a security mail, split at <c>{{ action }}</c>. Each side is a complete template, so the place cannot be
/// inside a block, a tag, a string or a comment, and no filter or assignment can read what the service inserts there.
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

    /// <summary>The names of the variables that it uses.</summary>
    public IReadOnlySet<string> Variables { get; }

    /// <returns>null: <paramref name="fault"/> says what is wrong</returns>
    public static ActionText? Parse(string source, out string fault)
    {
        fault = "";
        var places = Place().Matches(source);
        if (places.Count != 1)
        {
            fault = "must contain {{ action }} exactly once: the service inserts the link or code there";
            return null;
        }
        var (start, end) = (places[0].Index, places[0].Index + places[0].Length);
        if (
            TemplateText.TryParse(source[..start], out var before, out _)
            && TemplateText.TryParse(source[end..], out var after, out _)
        )
            return new ActionText(before, after);

        // Either the text has a fault, whose line and column its author wants to know, or the place is inside of
        // something.
        fault = TemplateText.TryParse(source.Remove(start, end - start), out _, out var found)
            ? "must contain {{ action }} outside of all tags and blocks"
            : $"line {found.Line}, column {found.Column}: {found.Message}";
        return null;
    }

    /// <exception cref="TemplateLimitException">the output exceeds a limit</exception>
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

    /// <exception cref="TemplateLimitException">the output exceeds a limit, or something that no security mail may
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

    /// <summary>Older templates contain <c>{{ link }}</c>, which was a variable then.</summary>
    [GeneratedRegex(@"\{\{[ \t]*(?:action|link)[ \t]*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
