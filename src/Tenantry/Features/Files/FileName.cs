using System.Globalization;
using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Files;

/// <summary>
/// Cleans the name of a file before it is stored. A name with a path could write outside the folder in which a
/// recipient saves the file; a name with invisible or reversing characters could hide its real extension.
/// </summary>
public static class FileName
{
    public const int MaxLength = 255;

    /// <summary>The name of a file whose cleaned name is empty.</summary>
    private const string Default = "file";

    /// <summary>
    /// Returns the name in NFC, without folders, control and formatting characters. It is cut to 255 characters before
    /// its extension.
    /// </summary>
    public static string Clean(string? name)
    {
        // The part after the last separator of any operating system.
        var text = name ?? "";
        text = text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // unpaired surrogates become U+FFFD
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
        var normalized = StorableText.Normalized(clean.ToString()).Trim().TrimEnd('.', ' ');
        return normalized.Trim('.', ' ').Length == 0 ? Default : Shorten(normalized);
    }

    private static string Shorten(string name)
    {
        if (name.Length <= MaxLength)
            return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && name.Length - dot <= 20 ? name[dot..] : "";
        var stem = name[..(MaxLength - extension.Length)];
        if (char.IsHighSurrogate(stem[^1]))
            stem = stem[..^1];
        return stem.TrimEnd() + extension;
    }
}
