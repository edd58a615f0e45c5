using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The words that an attacker of one account knows: address, names, tenant. The rest of a password without them must
/// still
/// be long enough (NIST SP 800-63B 3.1.1.2: context-specific words).
/// </summary>
public static class ContextWords
{
    private const int Shortest = 3;

    /// <param name="password">as typed</param>
    /// <param name="known">words about the account; each is searched for as a whole and in parts</param>
    /// <returns>the validation message, without the field name; null: the password is acceptable</returns>
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
            ? "consists of your e-mail address, your name or the tenant's name: choose another password"
            : null;
    }

    private static string[] Parts(string text) =>
        text.Split([' ', '@', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries);

    private static string Plain(string text) => StorableText.Normalized(text).ToLowerInvariant();
}
