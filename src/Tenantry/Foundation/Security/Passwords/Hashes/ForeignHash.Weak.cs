using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

internal static partial class ForeignHash
{
    /// <summary>Reads a hash that is stored only inside of Argon2id.</summary>
    /// <param name="text">the text of the other system</param>
    /// <param name="weak">the function, and its result</param>
    public static bool TryReadWeak(string text, out (WeakHash Function, byte[] Result) weak)
    {
        var found = OfCrypt(text) ?? OfPhpass(text) ?? OfLdap(text) ?? OfDigest(text);
        weak = found ?? default;
        return found is not null;
    }

    /// <summary><c>$6$rounds=656000$salt$hash</c>, also behind the prefix of a directory.</summary>
    private static (WeakHash, byte[])? OfCrypt(string text)
    {
        var match = Crypt().Match(text);
        if (!match.Success)
            return null;
        var rounds = match.Groups["rounds"].Success
            ? int.Parse(match.Groups["rounds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : ShaCrypt.DefaultRounds;
        var (scheme, length) =
            match.Groups["kind"].Value == "5" ? (WeakHash.Sha256Crypt, 43) : (WeakHash.Sha512Crypt, 86);
        var result = match.Groups["hash"].Value;
        return
            rounds >= ShaCrypt.FewestRounds
            && result.Length == length
            && WeakHash.Create(scheme, rounds, Encoding.ASCII.GetBytes(match.Groups["salt"].Value)) is { } function
            ? (function, Encoding.ASCII.GetBytes(result))
            : null;
    }

    /// <summary><c>$P$B</c> and <c>$H$9</c>: the character states the binary logarithm of the rounds.</summary>
    private static (WeakHash, byte[])? OfPhpass(string text)
    {
        var match = Phpass().Match(text);
        if (!match.Success)
            return null;
        var logarithm = CryptText.Alphabet.IndexOf(match.Groups["rounds"].Value[0], StringComparison.Ordinal);
        return
            logarithm is >= 7 and <= 30
            && WeakHash.Create(WeakHash.Phpass, 1 << logarithm, Encoding.ASCII.GetBytes(match.Groups["salt"].Value))
                is { } function
            ? (function, Encoding.ASCII.GetBytes(match.Groups["hash"].Value))
            : null;
    }

    /// <summary><c>{SSHA}</c> and <c>{SSHA256}</c> to <c>{SSHA512}</c>: the hash, and the salt after it.</summary>
    private static (WeakHash, byte[])? OfLdap(string text)
    {
        var match = Ldap().Match(text);
        if (!match.Success || !HashBytes.TryDecode(match.Groups["bytes"].ValueSpan, out var bytes))
            return null;
        var bits = match.Groups["bits"].Success ? match.Groups["bits"].Value : "1";
        var length = DigestBytes(bits);
        return bytes.Length > length && WeakHash.Create($"sha{bits}-salt-last", 1, bytes[length..]) is { } function
            ? (function, bytes[..length])
            : null;
    }

    /// <summary>
    /// <c>sha1$salt$hash</c> of Django, in hexadecimal; and, for other systems, <c>$sha256-salt-first$salt$hash</c> or
    /// <c>$sha256-salt-last$salt$hash</c> with salt and hash in base64.
    /// </summary>
    private static (WeakHash, byte[])? OfDigest(string text)
    {
        if (DjangoSha1().Match(text) is { Success: true } django)
            return
                OfHex(django.Groups["hash"].Value) is { } digest
                && WeakHash.Create("sha1-salt-first", 1, Encoding.UTF8.GetBytes(django.Groups["salt"].Value))
                    is { } sha1
                ? (sha1, digest)
                : null;
        var match = Digest().Match(text);
        return
            match.Success
            && HashBytes.TryDecode(match.Groups["salt"].ValueSpan, out var salt)
            && HashBytes.TryDecode(match.Groups["hash"].ValueSpan, out var result)
            && result.Length == DigestBytes(match.Groups["bits"].Value)
            && WeakHash.Create(match.Groups["scheme"].Value, 1, salt) is { } function
            ? (function, result)
            : null;
    }

    private static int DigestBytes(string bits) => bits == "1" ? 20 : int.Parse(bits, CultureInfo.InvariantCulture) / 8;

    [GeneratedRegex(
        @"\A(?:\{[A-Za-z0-9-]{1,20}\})?\$(?<kind>[56])\$(?:rounds=(?<rounds>[0-9]{1,9})\$)?(?<salt>[^$:\n\0]{1,16})\$(?<hash>[./0-9A-Za-z]{43,86})\z"
    )]
    private static partial Regex Crypt();

    [GeneratedRegex(@"\A\$[PH]\$(?<rounds>[./0-9A-Za-z])(?<salt>[./0-9A-Za-z]{8})(?<hash>[./0-9A-Za-z]{22})\z")]
    private static partial Regex Phpass();

    [GeneratedRegex(@"\A\{SSHA(?<bits>256|384|512)?\}(?<bytes>[A-Za-z0-9+/]{1,180}={0,2})\z", RegexOptions.IgnoreCase)]
    private static partial Regex Ldap();

    [GeneratedRegex(@"\Asha1\$(?<salt>[^$\0]{1,100})\$(?<hash>[0-9a-fA-F]{40})\z")]
    private static partial Regex DjangoSha1();

    [GeneratedRegex(
        @"\A\$(?<scheme>sha(?<bits>1|256|384|512)-salt-(?:first|last))\$(?<salt>[A-Za-z0-9+/_-]{1,180}={0,2})\$(?<hash>[A-Za-z0-9+/_-]{1,88}={0,2})\z"
    )]
    private static partial Regex Digest();
}
