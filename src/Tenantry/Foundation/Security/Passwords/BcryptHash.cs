using System.Globalization;
using System.Text.RegularExpressions;
using Bcrypt = BCrypt.Net.BCrypt;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The bcrypt hash of an imported user: <c>$2a$</c>, <c>$2b$</c> or <c>$2y$</c>. The first sign-in verifies and
/// replaces
/// it. bcrypt reads only the first 72 bytes of a password: until then, those are enough to sign in with a longer one.
/// </summary>
public static partial class BcryptHash
{
    /// <summary>Each step doubles the work; 15 takes about two seconds of a core.</summary>
    private const int MaxCost = 15;

    public static bool IsOne(string text) =>
        Form().Match(text) is { Success: true } match
        && int.Parse(match.Groups["cost"].ValueSpan, CultureInfo.InvariantCulture) is >= 4 and <= MaxCost;

    /// <param name="password">as typed: the system that created the hash did not normalize it</param>
    /// <param name="hash">a text for which <see cref="IsOne"/> is true</param>
    public static bool Verify(string password, string hash) => Bcrypt.Verify(password, hash);

    [GeneratedRegex(@"\A\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Form();
}
