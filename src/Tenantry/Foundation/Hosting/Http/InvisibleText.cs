using System.Globalization;
using System.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Characters that a reader does not see: two texts that differ by them look alike.</summary>
public static class InvisibleText
{
    /// <summary>Whether the text has no character that a reader sees.</summary>
    public static bool IsBlank(string text) =>
        text.EnumerateRunes().All(static rune => Rune.IsWhiteSpace(rune) || IsInvisible(rune));

    /// <summary>
    /// Control and format characters, which include those of the text direction, line separators, letters and marks
    /// that are ignorable by default (DerivedCoreProperties.txt of Unicode), the empty Braille pattern, U+FFFD, and
    /// noncharacters.
    /// </summary>
    public static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
        || rune.Value
            is 0x034F
                or 0x115F
                or 0x1160
                or 0x17B4
                or 0x17B5
                or (>= 0x180B and <= 0x180F)
                or 0x2065
                or 0x2800
                or 0x3164
                or (>= 0xFDD0 and <= 0xFDEF)
                or (>= 0xFE00 and <= 0xFE0F)
                or 0xFFA0
                or (>= 0xFFF0 and <= 0xFFF8)
                or 0xFFFD
                or (>= 0xE0000 and <= 0xE0FFF)
        || (rune.Value & 0xFFFE) == 0xFFFE;
}
