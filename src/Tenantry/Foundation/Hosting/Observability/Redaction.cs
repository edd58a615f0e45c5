using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// Removes secrets and addresses from log lines. Our own messages contain none; texts of libraries and of the database
/// can. It runs on the thread of the log call: a clean text is scanned once, and the cost of any text is linear in its
/// length.
/// </summary>
public sealed partial class Redaction
{
    /// <summary>The longest value in characters. An attacker may control the length of a longer one.</summary>
    public const int Longest = 8 * 1024;

    /// <summary>Half of a secret is not recognised, so this many characters before the cut are removed too.</summary>
    private const int LongestSecret = 256;

    private const string Gone = "[redacted]";

    // Each match of the patterns contains one of these. They are searched vectorised, and most texts contain none.
    private static readonly SearchValues<char> Signs = SearchValues.Create("@?+%");
    private static readonly SearchValues<string> Words = SearchValues.Create(
        [
            "passw",
            "pwd",
            "passphrase",
            "secret",
            "token",
            "authorization",
            "cookie",
            "apikey",
            "api_key",
            "api-key",
            "accesskey",
            "access_key",
            "access-key",
            "privatekey",
            "private_key",
            "private-key",
            "signature",
            "credential",
            "eyJ",
            "tn",
            "bearer",
            "basic",
            @"\u002b",
        ],
        StringComparison.OrdinalIgnoreCase
    );

    private readonly Lock turn = new();
    private volatile Values known = new([]);

    /// <param name="secrets">The secrets of the settings, which are recognised literally.</param>
    public Redaction(IEnumerable<string?> secrets) => AddSecrets(secrets);

    /// <summary>Adds secrets. Earlier secrets are kept, because a replaced secret may still appear in a text.</summary>
    public void AddSecrets(IEnumerable<string?> secrets)
    {
        lock (turn)
            known = new Values([
                .. secrets
                    .OfType<string>()
                    .Where(secret => secret.Length >= 6)
                    .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) })
                    .Union(known.Secrets, StringComparer.Ordinal)
                    .OrderByDescending(secret => secret.Length),
            ]);
    }

    public string Of(string text, int longest = Longest)
    {
        var isLong = text.Length > longest;
        if (isLong)
            text = text[..longest];
        text = known.TakenOutOf(text);
        if (text.AsSpan().ContainsAny(Signs) || text.AsSpan().ContainsAny(Words))
        {
            text = WithoutNamed(text);
            text = Token().Replace(text, match => match.Groups["scheme"].Value + Gone);
            text = UrlPassword().Replace(text, match => $"{match.Groups["before"].Value}{Gone}@");
            text = Query().Replace(text, match => match.Groups["before"].Value + Gone);
            text = WithoutAddresses(text);
            text = Telephone().Replace(text, Gone);
        }
        return isLong ? Cut(text, longest) : text;
    }

    private static string Cut(string text, int longest)
    {
        var length = Math.Max(0, Math.Min(longest - 1, text.Length - LongestSecret));
        if (length > 0 && char.IsHighSurrogate(text[length - 1]))
            length--;
        return text[..length] + "…";
    }

    // Each pattern begins with required characters, and the rest is bounded or consumed: no character is read more than
    // a few times.

    /// <summary>
    /// What we hand out, by its beginnings; a JWT and whatever else is JSON in base64; what follows the name of a
    /// scheme. What comes before may be an escape: <c>\n</c>, <c>%3D</c>.
    /// </summary>
    [GeneratedRegex(
        @"eyJ[\w.-]{8,}|(?:(?<![\w-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))tn[a-z]_[\w-]{20,}|(?<scheme>\b(?i:bearer|basic)\s{1,8}[""']?)[^\s""',;]+"
    )]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<before>://[^\s/:@]{0,256}:)[^\s/@]{1,256}@")]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"(?<before>\?|%3F)[\w%&~-][^\s""')]*", RegexOptions.IgnoreCase)]
    private static partial Regex Query();

    /// <summary>As machines write it, and as people do.</summary>
    [GeneratedRegex(
        @"(?:(?<![\w+])\+|%2B|\\u002B)[1-9](?:[ .()/-]{0,2}[0-9]){6,14}(?!\w|[.:][0-9])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Telephone();

    /// <summary>
    /// Said by name, as headers, settings, forms and JSON write it, and JSON within JSON: up to where a value begins.
    /// </summary>
    [GeneratedRegex(
        """(?:passw(?:or)?d|pwd|passphrase|secret|token|(?<line>authorization|cookie)|(?:api|access|private)[_-]?key|signature|credential)[\w-]{0,40}(?:\\{0,8}["']|%22)?\s{0,8}(?:[:=]|%3[AD])\s{0,8}(?:(?<slashes>\\{0,8})(?<quote>["']))?""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Name();

    private static string WithoutNamed(string text)
    {
        var left = new Remainder(text);
        for (var name = Name().Match(text); name.Success; name = Name().Match(text, left.At))
        {
            var start = name.Index + name.Length;
            left.Without(start, EndOfValue(text, start, name));
        }
        return left.ToString();
    }

    private static int EndOfValue(string text, int start, Match name)
    {
        var line = text.AsSpan(start).IndexOfAny('\r', '\n') is var length and >= 0 ? start + length : text.Length;
        if (name.Groups["quote"] is { Success: true } quote)
            return EndOfQuoted(text, start, line, text[quote.Index], name.Groups["slashes"].Length);
        if (name.Groups["line"].Success)
            return line; // a scheme and its credential, one cookie after the other
        if (start < line && text[start] is '[' or '{')
            return EndOfBrackets(text, start, line);
        return text.AsSpan(start).IndexOfAny(EndsOfWord) is var word and >= 0 ? start + word : text.Length;
    }

    private static readonly SearchValues<char> EndsOfWord = SearchValues.Create(" \t\r\n\v\f\"',;&}");

    /// <summary>JSON in a text of JSON has a backslash before its quotes, and before those within them more.</summary>
    private static int EndOfQuoted(string text, int start, int line, char quote, int slashes)
    {
        for (var i = start; i < line; i++)
        {
            if (text[i] != quote)
                continue;
            if (slashes == 0 && i + 1 < line && text[i + 1] == quote)
            {
                i++; // as SQL and connection strings write one within
                continue;
            }
            var before = 0;
            while (before <= slashes && i - before > start && text[i - before - 1] == '\\')
                before++;
            if (before == slashes)
                return i - slashes;
        }
        return line;
    }

    private static int EndOfBrackets(string text, int start, int line)
    {
        var depth = 0;
        for (var i = start; i < line; i++)
        {
            depth += text[i] switch
            {
                '[' or '{' => 1,
                ']' or '}' => -1,
                _ => 0,
            };
            if (depth == 0)
                return i + 1;
        }
        return line;
    }

    [GeneratedRegex("@|%(?:25){0,3}40")]
    private static partial Regex At();

    private static string WithoutAddresses(string text)
    {
        var left = new Remainder(text);
        foreach (var at in At().EnumerateMatches(text))
        {
            var after = at.Index + at.Length;
            var (start, end) = (StartOfAddress(text, at.Index, left.At), EndOfAddress(text, after));
            if (start < at.Index && end > after)
                left.Without(start, end);
            else
                left.Without(after, after); // not an address; the next one starts after it
        }
        return left.ToString();
    }

    private static int StartOfAddress(string text, int at, int least)
    {
        // "Ada Lovelace"@example.com
        if (
            at - 1 > least
            && text[at - 1] == '"'
            && text.AsSpan(Math.Max(least, at - 66)..(at - 1)).LastIndexOf('"') is var quote and >= 0
        )
            return Math.Max(least, at - 66) + quote;
        var (start, isNamed) = (at, false);
        while (
            start > least
            && text[start - 1] is var c
            && (
                char.IsAsciiLetterOrDigit(c)
                || "._%+'-!#$*^~".Contains(c)
                || (c > 127 && !char.IsWhiteSpace(c) && !char.IsPunctuation(c))
            )
        )
            (start, isNamed) = (start - 1, isNamed || char.IsAsciiLetterOrDigit(c) || c > 127);
        while (start < at && text[start] == '\'')
            start++; // a quotation mark
        return isNamed ? start : at;
    }

    private static int EndOfAddress(string text, int start)
    {
        if (
            start < text.Length
            && text[start] == '['
            && text.AsSpan(start..Math.Min(text.Length, start + 64)).IndexOf(']') is var bracket and > 0
        )
            return start + bracket + 1;
        var end = start;
        while (
            end < text.Length
            && (char.IsLetterOrDigit(text[end]) || char.IsSurrogate(text[end]) || text[end] is '.' or '-')
        )
            end++;
        while (end > start && text[end - 1] is '.' or '-')
            end--; // of the sentence
        return end;
    }

    /// <summary>What is left of a text from which pieces are taken, one after the other.</summary>
    private struct Remainder(string text)
    {
        private StringBuilder? kept;
        private int taken;

        /// <summary>Up to where it has been looked at.</summary>
        public int At { get; private set; }

        public void Without(int start, int end)
        {
            if (end > start)
                (kept ??= new StringBuilder(text.Length)).Append(text, taken, start - taken).Append(Gone);
            (taken, At) = (end > start ? end : taken, end);
        }

        public override readonly string ToString() =>
            kept is null ? text : string.Concat(kept.ToString(), text.AsSpan(taken));
    }

    private sealed class Values(string[] secrets)
    {
        private readonly SearchValues<string> any = SearchValues.Create(secrets, StringComparison.Ordinal);

        public string[] Secrets => secrets;

        public string TakenOutOf(string text)
        {
            if (text.AsSpan().ContainsAny(any))
            {
                foreach (var secret in secrets)
                    text = text.Replace(secret, Gone, StringComparison.Ordinal);
            }
            return text;
        }
    }
}
