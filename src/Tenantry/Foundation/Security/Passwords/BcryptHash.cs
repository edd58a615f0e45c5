using System.Globalization;
using System.Text.RegularExpressions;
using Bcrypt = BCrypt.Net.BCrypt;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// A hash that came with an imported user: <c>$2a$</c>, <c>$2b$</c> or <c>$2y$</c>. It is verified and, on the first sign-in, replaced. bcrypt
/// sees the first 72 bytes of a password only: whoever has a longer one gets in with those, until that first sign-in.
/// </summary>
public static partial class BcryptHash
{
    /// <summary>Each step doubles the work; 15 takes some two seconds of a core.</summary>
    private const int MostCost = 15;

    public static bool IsOne(string text) =>
        Form().Match(text) is { Success: true } match
        && int.Parse(match.Groups["cost"].ValueSpan, CultureInfo.InvariantCulture) is >= 4 and <= MostCost;

    /// <param name="password">as typed: nobody normalized it where the hash was made</param>
    /// <param name="hash">one that <see cref="IsOne"/></param>
    public static bool Verify(string password, string hash) => Bcrypt.Verify(password, hash);

    [GeneratedRegex(@"\A\$2[aby]\$(?<cost>[0-9]{2})\$[./A-Za-z0-9]{53}\z")]
    private static partial Regex Form();
}
