using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The display name of a mail's sender (RFC 5322, section 3.4). Many mail programs show only the name. A name that
/// reads as an address, is an encoded word (RFC 2047), or contains invisible characters could impersonate another
/// sender.
/// </summary>
public static class SenderName
{
    /// <summary>Other widths of these characters are refused too, because programs fold them.</summary>
    private static readonly SearchValues<char> Refused = SearchValues.Create("@<>\"()[]\\:;,");

    public static bool IsPlain(string name) =>
        !name.EnumerateRunes().Any(IsRefused) && !name.Contains("=?", StringComparison.Ordinal);

    /// <returns>
    /// The name without refused characters and with single spaces: for stored names and names of tenants.
    /// </returns>
    public static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            plain.Append(IsRefused(rune) ? " " : rune.ToString());
        return string.Join(' ', plain.Replace("=?", " ").ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool IsRefused(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate
        || rune.Value == Rune.ReplacementChar.Value
        || StorableText.Normalized(rune.ToString(), NormalizationForm.FormKC).AsSpan().IndexOfAny(Refused) >= 0;
}

/// <summary>A display name of mails: see <see cref="SenderName"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class SenderNameAttribute()
    : ValidationAttribute(
        "must be a name: without '@', '<', '>', quotes, brackets, colons, commas, encoded words and invisible characters"
    )
{
    public override bool IsValid(object? value) => value is not string text || SenderName.IsPlain(text);
}
