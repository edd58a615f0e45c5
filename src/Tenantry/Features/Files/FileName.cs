using System.Globalization;
using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>The name of a file as it is kept and given back: whoever saves it by this name writes where they meant to.</summary>
public static class FileName
{
    public const int Longest = 255;

    /// <summary>Where nothing is left of a name.</summary>
    public const string None = "file";

    /// <summary>NFC, without folders, control characters and what turns the reading round; 255 characters, of which the extension stays.</summary>
    public static string Clean(string? given)
    {
        // The last part, whichever system it comes from.
        var text = given ?? "";
        text = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // halves of a character become U+FFFD
        {
            if (
                Rune.GetUnicodeCategory(rune)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.OtherNotAssigned
                )
            )
                clean.Append(rune);
        }
        var name = StorableText.Normalized(clean.ToString()).Trim().TrimEnd('.', ' ');
        return name.Trim('.', ' ').Length == 0 ? None : Shortened(name);
    }

    private static string Shortened(string name)
    {
        if (name.Length <= Longest)
            return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && name.Length - dot <= 20 ? name[dot..] : "";
        var stem = name[..(Longest - extension.Length)];
        if (char.IsHighSurrogate(stem[^1]))
            stem = stem[..^1];
        return stem.TrimEnd() + extension;
    }
}
