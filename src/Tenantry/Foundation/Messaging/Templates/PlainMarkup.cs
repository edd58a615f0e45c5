using System.Collections.Frozen;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// Checks the HTML of a security mail around the service's own element: formatting only, and nothing that loads, links,
/// submits, hides or comments. The check is strict because mail programs are lenient: HTML that they could interpret in
/// two ways is refused.
/// </summary>
internal sealed class PlainMarkup
{
    private static readonly FrozenSet<string> Elements = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "address",
        "article",
        "b",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "code",
        "col",
        "colgroup",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "i",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul"
    );

    private static readonly FrozenSet<string> Void = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "br",
        "col",
        "hr"
    );

    private static readonly FrozenSet<string> Attributes = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "align",
        "bgcolor",
        "border",
        "cellpadding",
        "cellspacing",
        "class",
        "color",
        "colspan",
        "dir",
        "face",
        "height",
        "id",
        "lang",
        "role",
        "rowspan",
        "size",
        "start",
        "style",
        "valign",
        "width",
        "xml:lang"
    );

    private static readonly System.Buffers.SearchValues<char> StyleRefused = System.Buffers.SearchValues.Create(
        "(\\@&"
    );

    private const string Doctype = "<!doctype html>";
    private const int MaxDepth = 100;

    /// <summary>Longer ones are cut, and so unknown: what is refused is named in the answer.</summary>
    private const int MaxNameLength = 30;

    private readonly Stack<string> open = new();

    /// <param name="before">what stands before the service's element</param>
    /// <param name="after">what stands after it</param>
    /// <returns>what is wrong; null: nothing, and the element between the two is where text is</returns>
    public static string? Fault(string before, string after)
    {
        var markup = new PlainMarkup();
        var start = before.Length - before.AsSpan().TrimStart().Length;
        if (before.AsSpan(start).StartsWith(Doctype, StringComparison.OrdinalIgnoreCase))
            start += Doctype.Length;
        return markup.Read(before, start)
            ?? markup.Read(after, 0)
            ?? (markup.open.TryPeek(out var left) ? $"does not close <{left}>" : null);
    }

    private string? Read(string text, int at)
    {
        while ((at = text.IndexOf('<', at)) >= 0)
        {
            var fault = at + 1 < text.Length && text[at + 1] == '/' ? Close(text, ref at) : Open(text, ref at);
            if (fault is not null)
                return fault;
        }
        return null;
    }

    private string? Close(string text, ref int at)
    {
        at += 2;
        var name = Name(text, ref at);
        Space(text, ref at);
        if (name.Length == 0 || !Take(text, ref at, '>'))
            return "contains an incomplete end tag";
        return open.TryPop(out var last) && last.Equals(name, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"closes <{name}>, which is not the last open element";
    }

    private string? Open(string text, ref int at)
    {
        at++;
        var name = Name(text, ref at);
        if (name.Length == 0)
            return "contains a comment, a declaration, or a '<' that must be written as &lt;";
        if (!Elements.Contains(name))
            return $"contains <{name}>; a security mail may contain only formatting";
        while (true)
        {
            var isApart = Space(text, ref at);
            if (Take(text, ref at, '>'))
                break;
            if (Void.Contains(name) && Take(text, ref at, '/'))
            {
                if (Take(text, ref at, '>'))
                    break;
                return Broken(name);
            }
            if (!isApart)
                return Broken(name);
            if (Attribute(text, name, ref at) is { } fault)
                return fault;
        }
        if (Void.Contains(name))
            return null;
        open.Push(name);
        return open.Count > MaxDepth ? $"contains more than {MaxDepth} nested elements" : null;
    }

    private static string? Attribute(string text, string element, ref int at)
    {
        var name = Name(text, ref at);
        if (name.Length == 0)
            return Broken(element);
        if (!Attributes.Contains(name))
            return $"contains the attribute {name} in <{element}>; a security mail may contain only formatting";
        Space(text, ref at);
        if (!Take(text, ref at, '='))
            return Broken(element);
        Space(text, ref at);
        if (at >= text.Length || text[at] is not ('"' or '\''))
            return $"contains a value of {name} in <{element}> without quotation marks";
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0)
            return Broken(element);
        var value = text.AsSpan(at + 1, end - at - 1);
        at = end + 1;
        if (value.IndexOfAny('<', '>') >= 0)
            return Broken(element);
        // Every function of CSS has a bracket, url() first of all; the others are ways to write one that is not seen.
        return name.Equals("style", StringComparison.OrdinalIgnoreCase) && value.IndexOfAny(StyleRefused) >= 0
            ? $"contains a style in <{element}> with one of ( \\ @ &; a security mail must load nothing"
            : null;
    }

    private static string Broken(string element) =>
        $"contains an incomplete <{element}>, or {{{{ action }}}} within it";

    private static string Name(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || (at > from && IsWithinName(text[at]))))
            at++;
        return text[from..Math.Min(at, from + MaxNameLength)];
    }

    private static bool IsWithinName(char character) => char.IsAsciiDigit(character) || character is '-' or ':';

    private static bool Space(string text, ref int at)
    {
        var from = at;
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
            at++;
        return at > from;
    }

    private static bool Take(string text, ref int at, char wanted)
    {
        if (at >= text.Length || text[at] != wanted)
            return false;
        at++;
        return true;
    }
}
