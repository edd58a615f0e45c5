using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// PBKDF2 (RFC 8018) with an HMAC of SHA-1, SHA-256 or SHA-512, in the PHC string format:
/// <c>$pbkdf2-sha256$i=600000$salt$hash</c>. The forms of Django, Passlib, Keycloak and ASP.NET Core Identity are
/// converted to it.
/// </summary>
/// <param name="Digest"><c>sha1</c>, <c>sha256</c> or <c>sha512</c></param>
/// <param name="Iterations">1,000 to 5 million</param>
/// <param name="Salt">1 to 128 bytes</param>
/// <param name="Hash">16 to 64 bytes</param>
public sealed partial record Pbkdf2Hash(string Digest, int Iterations, byte[] Salt, byte[] Hash) : StoredHash
{
    private const int FewestIterations = 1_000;
    private const int MostIterations = 5_000_000;

    public override string Scheme => "pbkdf2-" + Digest;

    public override TimeSpan Work =>
        TimeSpan.FromMicroseconds(Iterations * (double)Blocks * (Digest == "sha512" ? 0.7 : 0.3));

    private int Blocks => (Hash.Length + DigestBytes - 1) / DigestBytes;

    private int DigestBytes =>
        Digest switch
        {
            "sha1" => 20,
            "sha256" => 32,
            _ => 64,
        };

    public override bool Verify(string password, string? pepper)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        var derived = Rfc2898DeriveBytes.Pbkdf2(
            secret,
            Salt,
            Iterations,
            Digest switch
            {
                "sha1" => HashAlgorithmName.SHA1,
                "sha256" => HashAlgorithmName.SHA256,
                _ => HashAlgorithmName.SHA512,
            },
            Hash.Length
        );
        CryptographicOperations.ZeroMemory(secret);
        return CryptographicOperations.FixedTimeEquals(derived, Hash);
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"$pbkdf2-{Digest}$i={Iterations}${HashBytes.Encode(Salt)}${HashBytes.Encode(Hash)}"
        );

    /// <summary>
    /// Reads the PHC string, with or without the length of the hash, and the form of Passlib, whose number of
    /// iterations has no name.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out Pbkdf2Hash? hash)
    {
        hash = null;
        if (!text.StartsWith("$pbkdf2", StringComparison.Ordinal))
            return false;
        var match = Form().Match(text);
        return match.Success
            && HashBytes.TryDecode(match.Groups["salt"].ValueSpan, out var salt)
            && HashBytes.TryDecode(match.Groups["hash"].ValueSpan, out var result)
            && (
                !match.Groups["length"].Success
                || int.Parse(match.Groups["length"].ValueSpan, CultureInfo.InvariantCulture) == result.Length
            )
            && TryCreate(
                match.Groups["digest"].Success ? match.Groups["digest"].Value : "sha1",
                match.Groups["iterations"].ValueSpan,
                salt,
                result,
                out hash
            );
    }

    internal static bool TryCreate(
        string digest,
        ReadOnlySpan<char> iterations,
        byte[] salt,
        byte[] result,
        [NotNullWhen(true)] out Pbkdf2Hash? hash
    )
    {
        hash = null;
        if (!int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        if (count is < FewestIterations or > MostIterations)
            return false;
        if (
            salt.Length is < 1 or > 128
            || result.Length is < 16 or > 64
            || digest is not ("sha1" or "sha256" or "sha512")
        )
            return false;
        hash = new Pbkdf2Hash(digest, count, salt, result);
        return true;
    }

    [GeneratedRegex(
        @"\A\$pbkdf2(?:-(?<digest>sha1|sha256|sha512))?\$(?:i=)?(?<iterations>[0-9]{1,9})(?:,l=(?<length>[0-9]{1,3}))?\$(?<salt>[A-Za-z0-9+/.]{1,176}={0,2})\$(?<hash>[A-Za-z0-9+/.]{1,96}={0,2})\z"
    )]
    private static partial Regex Form();
}
