using System.Collections.Frozen;
using System.Text;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// Letters of other scripts, and rare Latin ones, that people read as a Latin letter. What NFKC makes plain by itself
/// (full width, mathematical, circled) is not here. The facts are those of Unicode TS 39.
/// </summary>
internal static class ConfusableLetters
{
    /// <summary>By letter, the small Latin letter that it looks like.</summary>
    public static readonly FrozenDictionary<Rune, Rune> Latin = All()
        .ToFrozenDictionary(pair => pair.Letter, pair => pair.Looks);

    /// <summary>
    /// What stands for a letter in names made to deceive: digits, signs, letters with a stroke; i for all like it.
    /// </summary>
    public static readonly FrozenDictionary<Rune, Rune> InPlaceOfLetters = Pairs(
            "01|!l345$7@\u0111\u0127\u0142\u00f8\u0167\u0268",
            "oiiiieasstadhioti"
        )
        .ToFrozenDictionary(pair => pair.Letter, pair => pair.Looks);

    private static IEnumerable<(Rune Letter, Rune Looks)> All() =>
        [
            .. Pairs("\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421", "abesijkmhopc"), // Cyrillic capitals
            .. Pairs("\u0422\u0423\u0425\u0474\u051a\u051c\u04ba\u042c\u04ae\u04c0\u0460\u0500", "tyxvqwhbyiwd"),
            .. Pairs("\u0430\u0432\u0435\u0455\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441", "abesijkmhopc"), // Cyrillic
            .. Pairs("\u0442\u0443\u0445\u0475\u051b\u051d\u04bb\u04af\u04cf\u0461\u0501\u0433", "tyxvqwhylwdr"),
            .. Pairs("\u043f", "n"),
            .. Pairs("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4", "abezhikmnopt"), // Greek capitals
            .. Pairs("\u03a5\u03a7\u03f9\u03dc\u03f3", "yxcfj"),
            .. Pairs("\u03b1\u03b2\u03b3\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c3\u03c4\u03c5", "abynikvopotu"), // Greek
            .. Pairs("\u03c7\u03c9\u03f2\u03b5", "xwce"),
            .. Pairs("\u0555\u054d\u053c\u054f\u0585\u057d\u0578\u0570\u0581\u0566\u0575", "oulsounhgqj"), // Armenian
            .. Pairs("\u13a0\u13a1\u13a2\u13aa\u13ab\u13ac\u13b3\u13b7\u13bb\u13c0\u13c3\u13d9", "drtajewmhgzv"), // Cherokee
            .. Pairs("\u13da\u13de\u13df\u13e2\u13e6\u13f4\u13a5\u13a9", "slcpkbiy"),
            .. Pairs("\ua4d0\ua4d1\ua4d3\ua4d4\ua4d6\ua4d7\ua4d9\ua4da\ua4dc\ua4dd\ua4df\ua4e0", "bpdtgkjczfmn"), // Lisu
            .. Pairs("\ua4e1\ua4e2\ua4e3\ua4e6\ua4e7\ua4ea\ua4eb\ua4ec\ua4ee\ua4f0\ua4f2\ua4f3", "lsrvhwxyaeio"),
            .. Pairs("\ua4f4", "u"),
            .. Pairs("\u2c80\u2c82\u2c8e\u2c92\u2c94\u2c98\u2c9a\u2c9e\u2ca2\u2ca4\u2ca6\u2ca8", "abhikmnopcty"), // Coptic
            .. Pairs("\u2cac\u2c93\u2c95\u2c9f\u2ca3\u2ca5\u2ca7", "xikopct"),
            .. Pairs("\u0131\u0269\u026a\u0251\u0261\u0192\u1d00\u0299\u1d04\u1d05\u1d07\ua730", "iiiagfabcdef"), // rare Latin
            .. Pairs("\u0262\u029c\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\ua7af\u0280\ua731", "ghjklmnopqrs"),
            .. Pairs("\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22\u01c0\u028b\u0130\u0237\u027e", "tuvwyzlvijr"),
            .. Alphabet(0x1F150),
            .. Alphabet(0x1F170),
            .. Alphabet(0x1F1E6), // in filled circles and boxes, and those of flags
        ];

    private static IEnumerable<(Rune Letter, Rune Looks)> Alphabet(int first) =>
        Enumerable.Range(0, 26).Select(n => (new Rune(first + n), new Rune('a' + n)));

    private static IEnumerable<(Rune Letter, Rune Looks)> Pairs(string letters, string latin) =>
        letters.EnumerateRunes().Zip(latin.EnumerateRunes(), (letter, looks) => (letter, looks));
}
