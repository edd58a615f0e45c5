using System.Globalization;
using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// Which role names people would take for each other. Whoever reads "Admin" in a list may give that role away: a
/// tenant's own role must not read like a system role, or like another role of the tenant (Unicode TR 36 and TS 39).
/// </summary>
public static class RoleName
{
    private static readonly Dictionary<string, string> Reserved = SystemRoles
        .OfEveryTenant.Append(SystemRoles.OfThePlatform)
        .ToDictionary(role => Bare(role.Name), role => role.Name, StringComparer.Ordinal);

    /// <returns>why nobody could read the name as it is written, as the end of a sentence; null: they can</returns>
    public static string? FaultOf(string name)
    {
        if (name.EnumerateRunes().Any(IsInvisible))
            return "must not hold characters that cannot be seen or that turn the direction of reading";
        return Folded(name).Length == 0 ? "must hold more than white space" : null;
    }

    /// <summary>Accents, punctuation, and digits in place of letters do not tell a name from a reserved one.</summary>
    /// <returns>the system role, of a tenant or of the platform, that people would take it for; null: none</returns>
    public static string? ReservedAs(string name) => Reserved.GetValueOrDefault(Bare(name));

    /// <summary>
    /// Accents, punctuation and digits tell two names of a tenant's own apart. Case, white space, and letters of another
    /// script that look the same do not.
    /// </summary>
    public static bool ReadsLike(string one, string other) =>
        KeysOf(one).Intersect(KeysOf(other), StringComparer.Ordinal).Any();

    /// <summary>Two names read alike where they share one.</summary>
    internal static string[] KeysOf(string name) => ["folded " + Folded(name), "skeleton " + Skeleton(name)];

    /// <summary>In compatible form (NFKC) and lower case, without what cannot be seen.</summary>
    private static string Folded(string name) =>
        StorableText.Normalized(
            Each(Visible(name), rune => Rune.ToLowerInvariant(rune).ToString()),
            NormalizationForm.FormKC
        );

    /// <summary>
    /// The same, with each letter that looks like a Latin one as that. First in its own case: a Greek capital looks like
    /// another letter than its small one.
    /// </summary>
    private static string Skeleton(string name) => Each(Visible(Each(name, Latin)), Latin);

    /// <summary>Of a skeleton, the bare letters.</summary>
    private static string Bare(string name)
    {
        var letters = new StringBuilder();
        foreach (var rune in StorableText.Normalized(Skeleton(name), NormalizationForm.FormD).EnumerateRunes())
        {
            if (ConfusableLetters.InPlaceOfLetters.TryGetValue(rune, out var meant))
                letters.Append(meant);
            else if (Rune.IsLetterOrDigit(rune))
                letters.Append(rune);
        }
        return letters.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    private static string Latin(Rune rune) =>
        (ConfusableLetters.Latin.TryGetValue(rune, out var letter) ? letter : Rune.ToLowerInvariant(rune)).ToString();

    /// <summary>In compatible form. What cannot be seen goes before that, too: some of it would stay behind.</summary>
    private static string Visible(string name) => Seen(StorableText.Normalized(Seen(name), NormalizationForm.FormKC));

    private static string Seen(string name) =>
        Each(name, rune => IsInvisible(rune) || Rune.IsWhiteSpace(rune) ? "" : rune.ToString());

    /// <summary>Half of a surrogate pair becomes U+FFFD.</summary>
    private static string Each(string text, Func<Rune, string> write)
    {
        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            written.Append(write(rune));
        return written.ToString();
    }

    /// <summary>
    /// Control and format characters, separators of lines, and what Unicode ignores by default although it counts it
    /// among letters and marks (DerivedCoreProperties.txt); the empty Braille pattern, U+FFFD, and noncharacters.
    /// </summary>
    private static bool IsInvisible(Rune rune) =>
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
