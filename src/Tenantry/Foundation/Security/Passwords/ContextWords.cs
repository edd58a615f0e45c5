using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The words that anybody knows who attacks one account: address, names, tenant. What is left of a password without them must still be
/// long enough to be one (NIST SP 800-63B 3.1.1.2: context-specific words).
/// </summary>
public static class ContextWords
{
    private const int Shortest = 3;

    /// <param name="password">as typed</param>
    /// <param name="known">what is known of the account; each is looked for whole and in its parts</param>
    /// <returns>what is wrong, to be put behind the member's name; null: nothing</returns>
    public static string? Fault(string password, params IEnumerable<string?> known)
    {
        var rest = Plain(password);
        var words = known
            .OfType<string>()
            .Select(Plain)
            .SelectMany(text => Parts(text).Append(text))
            .Where(word => word.Length >= Shortest);
        foreach (var word in words.OrderByDescending(word => word.Length))
            rest = rest.Replace(word, "", StringComparison.Ordinal);
        return rest.EnumerateRunes().Count() < PasswordAttribute.Fewest
            ? "is made of your address, your name or the name of the place: choose another"
            : null;
    }

    private static string[] Parts(string text) =>
        text.Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries);

    private static string Plain(string text) => StorableText.Normalized(text).ToLowerInvariant();
}
