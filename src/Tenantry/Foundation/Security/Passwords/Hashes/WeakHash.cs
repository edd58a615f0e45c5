using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// How a former system hashed passwords by a function that an attacker computes fast: crypt with SHA-2, phpass with
/// MD5, a salted SHA. The database never contains its result: see <see cref="WrappedHash"/>.
/// </summary>
/// <param name="Scheme">the function; one of <see cref="IsKnown"/></param>
/// <param name="Rounds">the iterations; 1 where the function has none</param>
/// <param name="Salt">the salt</param>
public sealed record WeakHash(string Scheme, int Rounds, byte[] Salt)
{
    /// <summary>
    /// The work of a round grows with the password. People type less than this, and former systems refuse longer ones.
    /// </summary>
    private const int MaxSecretBytes = 256;

    private const int MostRounds = 1_000_000;

    public const string Sha256Crypt = "sha256-crypt";
    public const string Sha512Crypt = "sha512-crypt";
    public const string Phpass = "phpass";

    /// <summary>The estimated time of a core.</summary>
    public TimeSpan Work => TimeSpan.FromMicroseconds(Rounds * (Scheme == Phpass ? 0.3 : 1.2));

    private static bool IsKnown(string scheme) =>
        scheme
            is Sha256Crypt
                or Sha512Crypt
                or Phpass
                or "sha1-salt-first"
                or "sha1-salt-last"
                or "sha256-salt-first"
                or "sha256-salt-last"
                or "sha384-salt-first"
                or "sha384-salt-last"
                or "sha512-salt-first"
                or "sha512-salt-last";

    /// <returns>What the former system stored for the password; null: it is too long.</returns>
    public byte[]? Derive(string password)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        if (secret.Length > MaxSecretBytes)
            return null;
        return Scheme switch
        {
            Sha256Crypt => ShaCrypt.Derive(HashAlgorithmName.SHA256, secret, Salt, Rounds),
            Sha512Crypt => ShaCrypt.Derive(HashAlgorithmName.SHA512, secret, Salt, Rounds),
            Phpass => PhpassHash.Derive(secret, Salt, Rounds),
            _ => CryptographicOperations.HashData(
                Scheme[..Scheme.IndexOf('-', StringComparison.Ordinal)] switch
                {
                    "sha1" => HashAlgorithmName.SHA1,
                    "sha256" => HashAlgorithmName.SHA256,
                    "sha384" => HashAlgorithmName.SHA384,
                    _ => HashAlgorithmName.SHA512,
                },
                Scheme.EndsWith("first", StringComparison.Ordinal) ? [.. Salt, .. secret] : [.. secret, .. Salt]
            ),
        };
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme},{Rounds},{HashBytes.Encode(Salt)}");

    internal static bool TryRead(string text, [NotNullWhen(true)] out WeakHash? hash)
    {
        hash =
            text.Split(',') is [var scheme, var rounds, var salt]
            && int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && HashBytes.TryDecode(salt, out var bytes)
                ? Create(scheme, number, bytes)
                : null;
        return hash is not null;
    }

    /// <returns>Null: the scheme is unknown, or a parameter is out of bounds.</returns>
    internal static WeakHash? Create(string scheme, int rounds, byte[] salt) =>
        IsKnown(scheme) && rounds is >= 1 and <= MostRounds && salt.Length is >= 1 and <= 128
            ? new WeakHash(scheme, rounds, salt)
            : null;
}

/// <summary>
/// A weak hash inside of Argon2id: the database contains Argon2id of what the former system stored. So a thief of the
/// database has to compute Argon2id for each guess, also for users who never sign in again.
/// </summary>
/// <param name="Inner">how the former system hashed</param>
/// <param name="Outer">Argon2id of its result</param>
public sealed record WrappedHash(WeakHash Inner, Argon2Hash Outer) : StoredHash
{
    private const string Prefix = "{wrapped:";

    public override string Scheme => Inner.Scheme;

    public override TimeSpan Work => Inner.Work + Outer.Work;

    public override int UsedKiB => Outer.UsedKiB;

    public override bool IsAffordable => Outer.IsAffordable;

    /// <summary>A password that is too long costs the work of Argon2id, too.</summary>
    public override bool Verify(string password, string? pepper)
    {
        var derived = Inner.Derive(password);
        return Outer.Verify(derived ?? []) && derived is not null;
    }

    public override string ToString() => $"{Prefix}{Inner}}}{Outer}";

    public static bool TryRead(string text, [NotNullWhen(true)] out WrappedHash? hash)
    {
        hash = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var end = text.IndexOf('}', StringComparison.Ordinal);
        if (
            end > 0
            && WeakHash.TryRead(text[Prefix.Length..end], out var inner)
            && Argon2Hash.TryRead(text[(end + 1)..], out var outer)
            && outer.IsNative
        )
            hash = new WrappedHash(inner, outer);
        return hash is not null;
    }
}
