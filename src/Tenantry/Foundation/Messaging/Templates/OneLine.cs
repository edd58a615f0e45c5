using System.Text;

namespace Tenantry.Foundation.Messaging.Templates;

/// <summary>
/// A text as it may stand in a header, a name or a reason: in one line, of whole characters, no longer than is said.
/// </summary>
public static class OneLine
{
    public const int LongestSubject = 255;

    /// <summary>
    /// Control characters and line breaks become spaces, since a value must not begin another header; half a character
    /// becomes U+FFFD.
    /// </summary>
    /// <param name="text">by whomever</param>
    /// <param name="most">UTF-16 code units; no character is cut in two</param>
    public static string Of(string text, int most)
    {
        var line = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.AsSpan().Trim().EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > most)
                break;
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? new Rune(' ') : rune);
        }
        return line.ToString().Trim();
    }
}
