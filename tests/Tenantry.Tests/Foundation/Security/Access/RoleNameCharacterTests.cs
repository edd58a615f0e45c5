using System.Text;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Tests.Foundation.Security.Access;

/// <summary>Single characters in role names: those that no one sees, and those that look like a Latin letter.</summary>
public sealed class RoleNameCharacterTests
{
    [Theory]
    [InlineData(0x0000, 0x001F)]
    [InlineData(0x007F, 0x009F)]
    [InlineData(0x00AD, 0x00AD)]
    [InlineData(0x034F, 0x034F)]
    [InlineData(0x115F, 0x1160)]
    [InlineData(0x17B4, 0x17B5)]
    [InlineData(0x180B, 0x180F)]
    [InlineData(0x200B, 0x200F)]
    [InlineData(0x2028, 0x202E)]
    [InlineData(0x2060, 0x206F)]
    [InlineData(0x2800, 0x2800)]
    [InlineData(0x3164, 0x3164)]
    [InlineData(0xFDD0, 0xFDEF)]
    [InlineData(0xFE00, 0xFE0F)]
    [InlineData(0xFEFF, 0xFEFF)]
    [InlineData(0xFFA0, 0xFFA0)]
    [InlineData(0xFFF0, 0xFFFB)]
    [InlineData(0xFFFD, 0xFFFF)]
    [InlineData(0x1FFFE, 0x1FFFF)]
    [InlineData(0xDFFFE, 0xE0FFF)]
    [InlineData(0x10FFFE, 0x10FFFF)]
    public void A_character_that_no_one_sees_is_refused_and_its_neighbours_are_not(int first, int last)
    {
        for (var code = first; code <= last; code++)
            Fault(code)
                .ShouldBe(
                    "must not contain invisible characters, or characters that change the text direction",
                    $"U+{code:X}"
                );
        if (first > 0)
            Fault(first - 1).ShouldBeNull($"U+{first - 1:X}");
        if (last < 0x10FFFF && last != 0xFFFF)
            Fault(last + 1).ShouldBeNull($"U+{last + 1:X}");

        static string? Fault(int code) => RoleName.FaultOf($"a{new Rune(code)}");
    }

    [Theory]
    [InlineData("\U0001F150\U0001F169", 'a', 'z')]
    [InlineData("\U0001F170\U0001F189", 'a', 'z')]
    [InlineData("\U0001F1E6\U0001F1FF", 'a', 'z')]
    [InlineData("\u0410\u0433", 'a', 'r')]
    [InlineData("\u03b1\u03c9", 'a', 'w')]
    [InlineData("|@", 'i', 'a')]
    public void A_letter_that_looks_like_a_Latin_one_is_read_as_that_one(string letters, char first, char last) =>
        letters
            .EnumerateRunes()
            .Select(letter =>
                ConfusableLetters.Latin.TryGetValue(letter, out var looks)
                    ? looks
                    : ConfusableLetters.InPlaceOfLetters[letter]
            )
            .ShouldBe([new Rune(first), new Rune(last)]);
}
