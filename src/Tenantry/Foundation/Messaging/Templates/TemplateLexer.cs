using System.Buffers;
using System.Globalization;
using Parlot;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>One tag or output of a template, as the library reads it.</summary>
/// <param name="Name">the name of the tag; empty: an output</param>
/// <param name="Start">the index of its first brace</param>
/// <param name="Content">the text between its name and its end</param>
/// <param name="Filters">the number of filters in a row</param>
/// <param name="Conditions">how often <c>and</c> or <c>or</c> can join something in it, counted too high rather than
/// too low</param>
/// <param name="Brackets">how deep <c>[</c> is nested in it</param>
internal readonly record struct TemplateTag(
    string Name,
    int Start,
    Range Content,
    int Filters,
    int Conditions,
    int Brackets
);

/// <summary>
/// Finds the tags and outputs of a template without recursion, by the rules of the library (Fluid 2.41, Parlot 1.5;
/// their sources are public): <c>{{</c> and <c>{%</c> open wherever they come first,
/// a quoted text inside may hold braces, <c>\</c> escapes in it, <c>#</c> runs to the first <c>%}</c>, and nothing
/// inside <c>comment</c> and <c>raw</c> is read until their own end.
/// <para>A text that the library could read in two ways, or would not parse to its end, is refused: an accepted text
/// has one reading. The library may still refuse it.</para>
/// </summary>
internal sealed class TemplateLexer(string source)
{
    private static readonly SearchValues<char> Space = SearchValues.Create(" \t\r\n");
    private static readonly SearchValues<char> Escapes = SearchValues.Create("0abfnrtvux\\'\"");

    /// <summary>More than the library takes for space: what begins with any of it may be an end for the
    /// library.</summary>
    private static readonly char[] AnySpace =
    [
        .. Enumerable
            .Range(0, char.MaxValue)
            .Select(code => (char)code)
            .Where(character => char.IsWhiteSpace(character) || Character.IsWhiteSpaceOrNewLine(character)),
    ];

    private int at;
    private int start;

    public TemplateTag Current { get; private set; }

    /// <summary>Why <see cref="Next"/> returned false before the end of the text; null: it is the end.</summary>
    public TemplateFault? Fault { get; private set; }

    public bool Next()
    {
        if (Fault is not null || !FindOpen())
            return false;
        var isOutput = Text[start + 1] == '{';
        at = start + 2;
        if (Is('-'))
            at++;
        SkipSpace();
        var name = isOutput ? "" : Name();
        if (!isOutput && name.Length == 0)
            return Refuse(at, "the name of a tag is missing after '{%'");
        var content = at;
        var (filters, conditions, brackets) = (0, 0, 0);
        if (name == "#" ? !InlineComment() : !Content(isOutput ? '}' : '%', ref filters, ref conditions, ref brackets))
            return false;
        if (at - start > TemplateSandbox.MaxTagLength)
            return Refuse(start, $"must have {TemplateSandbox.MaxTagLength} characters at most between its braces");
        Current = new TemplateTag(name, start, content..(at - 2), filters, conditions, brackets);
        return name is not ("comment" or "raw") || Skip(name);
    }

    private bool FindOpen()
    {
        for (; at + 1 < Text.Length; at++)
        {
            var brace = Text[at..].IndexOf('{');
            if (brace < 0)
                return false;
            at += brace;
            if (Is('{', 1) || Is('%', 1))
            {
                start = at;
                return true;
            }
        }
        return false;
    }

    /// <summary>As the library reads it: a <c>-</c> before the end belongs to the end.</summary>
    private string Name()
    {
        var begin = at;
        if (Is('#'))
            return Text[at++..at].ToString();
        if (!IsLetter(at) && !IsDigit(at))
            return "";
        while (IsLetter(at) || IsDigit(at) || Is('-'))
            at++;
        if (Text[at - 1] == '-' && (Is('%') || Is('}')))
            at--;
        return Text[begin..at].ToString();
    }

    private bool InlineComment()
    {
        var end = Text[at..].IndexOf("%}");
        if (end < 0)
            return Refuse(start, "is not closed by '%}'");
        at += end + 2;
        return true;
    }

    /// <summary>Goes to the end of the tag: what stands in it is counted, and what the library could read in two ways
    /// is refused.</summary>
    private bool Content(char closing, ref int filters, ref int conditions, ref int brackets)
    {
        var depth = 0;
        while (at < Text.Length)
        {
            var character = Text[at];
            if (character == closing && Is('}', 1))
            {
                at += 2;
                return depth == 0 || Refuse(start, "has a '[' that is not closed");
            }
            switch (character)
            {
                case '\'' or '"':
                    if (!Quoted(character))
                        return false;
                    continue;
                case '{' or '}' or '%':
                    return Refuse(at, $"'{character}' stands in a tag that is not closed, outside of quotes");
                case '(':
                    if (!NumberRange())
                        return false;
                    continue;
                case ')':
                    return Refuse(at, "')' closes nothing");
                case '[':
                    brackets = Math.Max(brackets, ++depth);
                    break;
                case ']' when --depth < 0:
                    return Refuse(at, "']' closes nothing");
                case '|':
                    filters++;
                    if (!Filter())
                        return false;
                    continue;
                case 'o' when Is('r', 1):
                case 'a' when Is('n', 1) && Is('d', 2):
                    conditions++;
                    break;
            }
            at++;
        }
        return Refuse(start, $"is not closed by '{closing}}}'");
    }

    private bool Quoted(char quote)
    {
        for (var begin = at++; at < Text.Length; at++)
        {
            if (Text[at] == quote)
            {
                at++;
                return true;
            }
            if (Text[at] == '\\' && !Escapes.Contains(++at < Text.Length ? Text[at] : ' '))
                return Refuse(begin, "contains a '\\' that starts no escape sequence; write it twice");
        }
        return Refuse(start, "contains a quote that is not closed");
    }

    /// <summary>Parentheses have this one use, so that they are never nested. How far it reaches matters: a range is
    /// counted out before the first step is taken.</summary>
    private bool NumberRange()
    {
        var begin = at;
        var end = Text[at..].IndexOf(')');
        var inner = end < 0 ? default : Text[(at + 1)..(at + end)];
        var dots = inner.IndexOf("..");
        if (
            dots < 0
            || !TryNumber(inner[..dots], out var from)
            || !TryNumber(inner[(dots + 2)..], out var to)
            || to - from is < 0 or > TemplateSandbox.MaxRange
        )
        {
            return Refuse(
                begin,
                "parentheses must contain a range of two whole numbers, like (1..10), "
                    + $"the second at most {TemplateSandbox.MaxRange} greater than the first"
            );
        }
        at += end + 1;
        return true;

        static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
            int.TryParse(text.Trim(" \t\r\n"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            && number is > -1_000_000_000 and < 1_000_000_000;
    }

    private bool Filter()
    {
        at++;
        SkipSpace();
        var begin = at;
        var name = Name();
        if (name.Length == 0 || name == "#")
            return Refuse(begin, "the name of a filter is missing after '|'");
        return TemplateFilters.Contains(name) || Refuse(begin, $"there is no filter '{name}'");
    }

    /// <summary>To the end of a block whose content is not read. An end that the library might not take for one is
    /// refused, or both would go on at different places.</summary>
    private bool Skip(string name)
    {
        if (Text[Current.Content].TrimEnd('-').IndexOfAnyExcept(Space) >= 0)
            return Refuse(start, $"'{name}' must have nothing after its name");
        var last = "end" + name;
        for (var open = Text[at..].IndexOf("{%"); open >= 0; open = Text[at..].IndexOf("{%"))
        {
            var begin = at + open;
            at = begin + 2;
            if (!Text[at..].TrimStart('-').TrimStart(AnySpace).StartsWith(last, StringComparison.Ordinal))
                continue;
            if (Is('-'))
                at++;
            SkipSpace();
            if (!Text[at..].StartsWith(last, StringComparison.Ordinal))
                return Refuse(begin, $"'{last}' has something before it that is neither a space nor a line break");
            at += last.Length;
            SkipSpace();
            if (Is('-'))
                at++;
            if (!Is('%') || !Is('}', 1))
                return Refuse(begin, $"'{last}' must have nothing after its name");
            at += 2;
            return true;
        }
        return Refuse(start, $"'{name}' is not closed by '{last}'");
    }

    private ReadOnlySpan<char> Text => source;

    private void SkipSpace()
    {
        while (at < Text.Length && Space.Contains(Text[at]))
            at++;
    }

    private bool Refuse(int place, string message)
    {
        Fault = TemplateFault.At(source, place, message);
        return false;
    }

    private bool Is(char character, int ahead = 0) => at + ahead < Text.Length && Text[at + ahead] == character;

    private bool IsLetter(int index) => index < Text.Length && (char.IsAsciiLetter(Text[index]) || Text[index] == '_');

    private bool IsDigit(int index) => index < Text.Length && char.IsDigit(Text[index]);
}
