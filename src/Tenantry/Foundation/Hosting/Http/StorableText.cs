using System.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Which texts PostgreSQL can hold: those without U+0000 and without half of a surrogate pair. A statement that is given another one does not merely fail: it can leave its connection unusable
/// for the next user (docs/decisions/0025-values-that-postgresql-refuses.md).
/// </summary>
public static class StorableText
{
    /// <summary>The first characters of a text, at most so many, and no pair cut in half: the half could not be stored.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>
    /// <see cref="string.Normalize(NormalizationForm)"/> for texts of callers: that throws for U+FFFE and for half of a
    /// surrogate pair, each of which is U+FFFD here. Every text can be normalized, so no request and no worker fails
    /// because of one.
    /// </summary>
    public static string Normalized(string text, NormalizationForm form = NormalizationForm.FormC)
    {
        if (!text.Contains('\uFFFE') && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.Normalize(form);
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // a half becomes U+FFFD here
            whole.Append((rune.Value == 0xFFFE ? Rune.ReplacementChar : rune).ToString());
        return whole.ToString().Normalize(form);
    }

    /// <summary>Vectorised: it is asked for each text of each statement.</summary>
    public static bool Is(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
            return false;
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return false;
            text = text[(at + 2)..];
        }
        return true;
    }
}
