using System.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Whether PostgreSQL can store a text: it must not contain U+0000 or half of a surrogate pair. A statement with such a
/// text fails and can leave its connection unusable for the next user
/// (docs/decisions/0025-values-that-postgresql-refuses.md).
/// </summary>
public static class StorableText
{
    /// <summary>
    /// Shortens a text without splitting a surrogate pair, because half of a pair could not be stored.
    /// </summary>
    public static string Truncate(string text, int most) =>
        text.Length <= most ? text : text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>
    /// Normalizes a text of a caller. <see cref="string.Normalize(NormalizationForm)"/> throws for U+FFFE and for half
    /// of a surrogate pair; here both become U+FFFD, so that no request and no worker fails.
    /// </summary>
    public static string Normalized(string text, NormalizationForm form = NormalizationForm.FormC)
    {
        if (!text.Contains('\uFFFE') && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.Normalize(form);
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // half of a pair becomes U+FFFD here
            whole.Append((rune.Value == 0xFFFE ? Rune.ReplacementChar : rune).ToString());
        return whole.ToString().Normalize(form);
    }

    /// <summary>Vectorised, because it checks each text of each statement.</summary>
    public static bool IsStorable(ReadOnlySpan<char> text)
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
