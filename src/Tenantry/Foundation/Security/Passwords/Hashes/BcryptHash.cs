using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using BlowfishCrypt = Org.BouncyCastle.Crypto.Generators.BCrypt;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// bcrypt: <c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c>, and <c>$2x$</c> of a faulty implementation. It reads only the first
/// 72 bytes of a password, so some systems hash the password with SHA-2 before. The text is that of the former system.
/// </summary>
public sealed partial record BcryptHash : StoredHash
{
    private const int FewestRounds = 4;

    /// <summary>Each step doubles the work.</summary>
    private const int MostRounds = 17;

    /// <summary>The number of bytes of a password that bcrypt reads.</summary>
    private const int MaxSecretBytes = 72;

    private const int ResultBytes = 23;

    private readonly string text;
    private readonly Prehash prehash;
    private readonly bool hasSignFault;
    private readonly int rounds;
    private readonly string saltText;
    private readonly byte[] salt;
    private readonly byte[] hash;

    private BcryptHash(string text, Prehash prehash, Match match, byte[] salt, byte[] hash)
    {
        (this.text, this.prehash, this.salt, this.hash) = (text, prehash, salt, hash);
        hasSignFault = match.Groups["kind"].Value == "2x";
        rounds = Rounds(match);
        saltText = match.Groups["salt"].Value;
    }

    /// <summary>What the former system did to the password before bcrypt.</summary>
    private enum Prehash
    {
        None,

        /// <summary>Django: SHA-256 in hexadecimal.</summary>
        Sha256Hex,

        /// <summary>Passlib, version 1: SHA-256 in base64.</summary>
        Sha256Base64,

        /// <summary>Passlib, version 2: HMAC-SHA-256 under the salt, in base64.</summary>
        SaltedSha256Base64,

        /// <summary>WordPress since 6.8: HMAC-SHA-384 under a constant key, in base64.</summary>
        WordPress,
    }

    public override string Scheme => prehash == Prehash.None ? "bcrypt" : "bcrypt-prehashed";

    public override TimeSpan Work => TimeSpan.FromMilliseconds(0.055 * (1 << rounds));

    public override bool Verify(string password, string? pepper)
    {
        var secret = Prehashed(password);
        var key = hasSignFault ? SignFaultKey(secret) : Key(secret);
        var derived = BlowfishCrypt.Generate(key, salt, rounds, addTerminator: false);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
        return CryptographicOperations.FixedTimeEquals(derived.AsSpan(0, ResultBytes), hash);
    }

    public override string ToString() => text;

    public static bool TryRead(string text, [NotNullWhen(true)] out BcryptHash? hash)
    {
        hash = null;
        if (text.Length > 100)
            return false;
        var (prehash, match) =
            Plain().Match(text) is { Success: true } plain
                ? (
                    plain.Groups["django"].Success ? Prehash.Sha256Hex
                    : plain.Groups["wordpress"].Success ? Prehash.WordPress
                    : Prehash.None,
                    plain
                )
            : PasslibOne().Match(text) is { Success: true } one ? (Prehash.Sha256Base64, one)
            : (Prehash.SaltedSha256Base64, PasslibTwo().Match(text));
        if (!match.Success || Rounds(match) is < FewestRounds or > MostRounds)
            return false;
        hash = new BcryptHash(
            text,
            prehash,
            match,
            Decode(match.Groups["salt"].ValueSpan),
            Decode(match.Groups["hash"].ValueSpan)
        );
        return true;
    }

    private static int Rounds(Match match) =>
        int.Parse(match.Groups["rounds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private byte[] Prehashed(string password)
    {
        var secret = Encoding.UTF8.GetBytes(prehash == Prehash.WordPress ? password.Trim(PhpSpace) : password);
        return prehash switch
        {
            Prehash.Sha256Hex => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(secret))),
            Prehash.Sha256Base64 => Base64(SHA256.HashData(secret)),
            Prehash.SaltedSha256Base64 => Base64(HMACSHA256.HashData(Encoding.ASCII.GetBytes(saltText), secret)),
            Prehash.WordPress => Base64(HMACSHA384.HashData("wp-sha384"u8, secret)),
            _ => secret,
        };
    }

    /// <summary>What PHP's <c>trim</c> removes.</summary>
    private const string PhpSpaceCharacters = " \n\r\t\v\0";
    private static readonly char[] PhpSpace = PhpSpaceCharacters.ToCharArray();

    private static byte[] Base64(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    /// <summary>The key is a C string: the 0 at its end is a part of it.</summary>
    private static byte[] Key(byte[] secret)
    {
        var key = new byte[Math.Min(secret.Length + 1, MaxSecretBytes)];
        secret.AsSpan(0, Math.Min(secret.Length, key.Length)).CopyTo(key);
        return key;
    }

    /// <summary>
    /// The key as the implementation of <c>$2x$</c> (crypt_blowfish before 1.1, PHP before 5.3.7) reads it: it repeats
    /// the key to 18 words, and extends the sign of a byte above 127, which overwrites the bytes before it in the word.
    /// </summary>
    private static byte[] SignFaultKey(byte[] secret)
    {
        var key = new byte[MaxSecretBytes];
        var place = 0;
        for (var word = 0; word < key.Length; word += sizeof(uint))
        {
            var value = 0u;
            for (var i = 0; i < sizeof(uint); i++)
            {
                var next = place < secret.Length ? secret[place] : (byte)0;
                value = (value << 8) | (next > 127 ? 0xFFFFFF00 | next : next);
                place = place < secret.Length ? place + 1 : 0;
            }
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(key.AsSpan(word), value);
        }
        return key;
    }

    /// <summary>The base64 of bcrypt: the order of its bits is the usual one, its alphabet is not.</summary>
    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        const string alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var bytes = new byte[text.Length * 6 / 8];
        var (bits, number, place) = (0, 0, 0);
        foreach (var character in text)
        {
            (bits, number) = ((bits << 6) | alphabet.IndexOf(character, StringComparison.Ordinal), number + 6);
            if (number < 8)
                continue;
            number -= 8;
            bytes[place++] = (byte)(bits >> number);
            bits &= (1 << number) - 1;
        }
        return bytes;
    }

    [GeneratedRegex(
        @"\A(?:(?<django>bcrypt_sha256\$)|(?<wordpress>\$wp))?\$(?<kind>2[abxy])\$(?<rounds>[0-9]{2})\$(?<salt>[./A-Za-z0-9]{22})(?<hash>[./A-Za-z0-9]{31})\z"
    )]
    private static partial Regex Plain();

    [GeneratedRegex(
        @"\A\$bcrypt-sha256\$(?<kind>2[ab]),(?<rounds>[0-9]{1,2})\$(?<salt>[./A-Za-z0-9]{22})\$(?<hash>[./A-Za-z0-9]{31})\z"
    )]
    private static partial Regex PasslibOne();

    [GeneratedRegex(
        @"\A\$bcrypt-sha256\$v=2,t=(?<kind>2b),r=(?<rounds>[0-9]{1,2})\$(?<salt>[./A-Za-z0-9]{22})\$(?<hash>[./A-Za-z0-9]{31})\z"
    )]
    private static partial Regex PasslibTwo();
}
