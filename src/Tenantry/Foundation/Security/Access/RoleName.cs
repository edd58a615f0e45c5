using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// Detects role names that people would confuse. An administrator who reads "Admin" in a list may assign that role, so
/// a
/// custom role must not look like a system role or like another role of the tenant (Unicode TR 36 and TS 39).
/// </summary>
public static class RoleName
{
    private static readonly Dictionary<string, string> Reserved = SystemRoles
        .OfEveryTenant.Append(SystemRoles.OfThePlatform)
        .ToDictionary(role => Bare(role.Name), role => role.Name, StringComparer.Ordinal);

    /// <returns>why the name is not readable, as the end of a sentence; null: it is</returns>
    public static string? FaultOf(string name)
    {
        if (name.EnumerateRunes().Any(InvisibleText.IsInvisible))
            return "must not contain invisible characters, or characters that change the text direction";
        return Folded(name).Length == 0 ? "must contain more than white space" : null;
    }

    /// <summary>Ignores accents, punctuation, and digits that stand for letters.</summary>
    /// <returns>the system role, of a tenant or of the platform, that the name resembles; null: none</returns>
    public static string? ReservedAs(string name) => Reserved.GetValueOrDefault(Bare(name));

    /// <summary>
    /// Two custom names differ if their accents, punctuation or digits differ. They do not differ by case, white space,
    /// or
    /// letters of another script that look the same.
    /// </summary>
    public static bool ReadsLike(string one, string other) =>
        KeysOf(one).Intersect(KeysOf(other), StringComparer.Ordinal).Any();

    /// <summary>Whether two names differ by case, white space and compatibility characters alone.</summary>
    public static bool IsSame(string one, string other) => Folded(one) == Folded(other);

    /// <summary>Two names look alike if they share a key.</summary>
    internal static string[] KeysOf(string name) => ["folded " + Folded(name), "skeleton " + Skeleton(name)];

    /// <summary>In NFKC and lower case, without invisible characters.</summary>
    private static string Folded(string name) =>
        StorableText.Normalized(
            Each(WithoutInvisible(name), rune => Rune.ToLowerInvariant(rune).ToString()),
            NormalizationForm.FormKC
        );

    /// <summary>
    /// The same, with each letter replaced by the Latin letter that it looks like. First in its own case: a Greek
    /// capital
    /// may look like another letter than its lower-case form.
    /// </summary>
    private static string Skeleton(string name) => Each(WithoutInvisible(Each(name, Latin)), Latin);

    /// <summary>The letters and digits of a skeleton.</summary>
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

    /// <summary>
    /// In NFKC. Invisible characters are removed before it, too: some would survive the normalization.
    /// </summary>
    private static string WithoutInvisible(string name) =>
        Remove(StorableText.Normalized(Remove(name), NormalizationForm.FormKC));

    private static string Remove(string name) =>
        Each(name, rune => InvisibleText.IsInvisible(rune) || Rune.IsWhiteSpace(rune) ? "" : rune.ToString());

    /// <summary>Maps each character; an unpaired surrogate becomes U+FFFD.</summary>
    private static string Each(string text, Func<Rune, string> write)
    {
        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            written.Append(write(rune));
        return written.ToString();
    }
}
