using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>Reads hashes in the forms of frameworks, which differ from the PHC string format.</summary>
internal static partial class ForeignHash
{
    /// <param name="text">the text of the other system</param>
    /// <param name="firebase">the parameters of the Firebase project; null: a hash must contain its own</param>
    /// <param name="hash">the hash in the form that is stored</param>
    public static bool TryRead(string text, FirebaseParameters? firebase, [NotNullWhen(true)] out StoredHash? hash)
    {
        hash =
            OfPrefix(text)
            ?? OfDjango(text)
            ?? OfWerkzeug(text)
            ?? (StoredHash?)OfSupabase(text, firebase)
            ?? OfIdentity(text);
        return hash is not null;
    }

    /// <summary>
    /// A scheme before the hash: <c>{bcrypt}</c> of Spring Security, <c>{BLF-CRYPT}</c> of Dovecot, <c>{CRYPT}</c> of
    /// LDAP, <c>bcrypt$</c> and <c>argon2</c> of Django. The hash states its scheme itself, except in
    /// <c>{PBKDF2-SHA256}29000$salt$hash</c> of Passlib.
    /// </summary>
    private static StoredHash? OfPrefix(string text)
    {
        if (LdapPbkdf2().Match(text) is { Success: true } ldap)
            return StoredHash.TryRead(
                $"${ldap.Groups["scheme"].Value.ToLowerInvariant()}${ldap.Groups["hash"].Value}",
                out var pbkdf2
            )
                ? pbkdf2
                : null;
        var match = Prefix().Match(text);
        return match.Success && StoredHash.TryRead(match.Groups["hash"].Value, out var hash) ? hash : null;
    }

    /// <summary>
    /// <c>pbkdf2_sha256$600000$salt$hash</c> and <c>scrypt$16384$salt$8$1$hash</c>. The salt is the text itself.
    /// </summary>
    private static StoredHash? OfDjango(string text)
    {
        if (DjangoPbkdf2().Match(text) is { Success: true } pbkdf2)
            return
                HashBytes.TryDecode(pbkdf2.Groups["hash"].ValueSpan, out var result)
                && Pbkdf2Hash.TryCreate(
                    pbkdf2.Groups["digest"].Value,
                    pbkdf2.Groups["iterations"].ValueSpan,
                    Encoding.UTF8.GetBytes(pbkdf2.Groups["salt"].Value),
                    result,
                    out var hash
                )
                ? hash
                : null;
        if (DjangoScrypt().Match(text) is { Success: true } scrypt)
            return OfScrypt(
                scrypt,
                HashBytes.TryDecode(scrypt.Groups["hash"].ValueSpan, out var result) ? result : null
            );
        return null;
    }

    /// <summary>
    /// <c>pbkdf2:sha256:600000$salt$hash</c> and <c>scrypt:32768:8:1$salt$hash</c>, with the hash in hexadecimal.
    /// </summary>
    private static StoredHash? OfWerkzeug(string text)
    {
        if (WerkzeugPbkdf2().Match(text) is { Success: true } pbkdf2)
            return Pbkdf2Hash.TryCreate(
                pbkdf2.Groups["digest"].Value,
                pbkdf2.Groups["iterations"].ValueSpan,
                Encoding.UTF8.GetBytes(pbkdf2.Groups["salt"].Value),
                OfHex(pbkdf2.Groups["hash"].Value) ?? [],
                out var hash
            )
                ? hash
                : null;
        return WerkzeugScrypt().Match(text) is { Success: true } scrypt
            ? OfScrypt(scrypt, OfHex(scrypt.Groups["hash"].Value))
            : null;
    }

    private static ScryptHash? OfScrypt(Match match, byte[]? result) =>
        result is not null
        && ScryptCost.TryCreateOfN(
            match.Groups["n"].ValueSpan,
            match.Groups["r"].ValueSpan,
            match.Groups["p"].ValueSpan,
            out var cost
        )
        && ScryptHash.TryCreate(cost, Encoding.UTF8.GetBytes(match.Groups["salt"].Value), result, out var hash)
            ? hash
            : null;

    /// <summary>
    /// <c>$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=…$salt$hash</c>, with the parameters of the Firebase project. Those of
    /// the command apply where the text has none.
    /// </summary>
    private static FirebaseHash? OfSupabase(string text, FirebaseParameters? firebase)
    {
        var match = Supabase().Match(text);
        if (
            !match.Success
            || !ScryptCost.TryCreate(
                match.Groups["n"].ValueSpan,
                match.Groups["r"].ValueSpan,
                match.Groups["p"].ValueSpan,
                out var cost
            )
        )
            return null;
        var (key, separator) = (firebase?.SignerKey, firebase?.SaltSeparator ?? []);
        if (match.Groups["sk"].Success && !HashBytes.TryDecode(match.Groups["sk"].ValueSpan, out key))
            return null;
        if (
            match.Groups["ss"].Success && !FirebaseParameters.TryDecodeOptional(match.Groups["ss"].Value, out separator)
        )
            return null;
        return key is null || separator.Length > 64
            ? null
            : FirebaseHash.Of(
                new FirebaseParameters(cost, key, separator),
                match.Groups["salt"].ValueSpan,
                match.Groups["hash"].ValueSpan
            );
    }

    /// <summary>
    /// ASP.NET Core Identity: base64 of the version, the parameters, the salt and the hash. Version 2 (0x00) is PBKDF2
    /// of SHA-1 with 1,000 iterations; version 3 (0x01) states its parameters as big-endian numbers.
    /// </summary>
    private static Pbkdf2Hash? OfIdentity(string text)
    {
        if (text.Length % 4 != 0 || text.AsSpan().IndexOfAny("-_.") >= 0 || !HashBytes.TryDecode(text, out var bytes))
            return null;
        const int saltBytesOfTwo = 16;
        const int hashBytesOfTwo = 32;
        const int headerOfThree = 13;
        if (bytes is [0, .. var rest] && rest.Length == saltBytesOfTwo + hashBytesOfTwo)
            return Pbkdf2Hash.TryCreate("sha1", "1000", rest[..saltBytesOfTwo], rest[saltBytesOfTwo..], out var second)
                ? second
                : null;
        if (bytes is not [1, ..] || bytes.Length < headerOfThree)
            return null;
        uint Number(int place) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(place));
        var (digest, iterations, saltLength) = (Number(1), Number(5), Number(9));
        return
            digest <= 2
            && saltLength <= bytes.Length - headerOfThree
            && Pbkdf2Hash.TryCreate(
                digest switch
                {
                    0 => "sha1",
                    1 => "sha256",
                    _ => "sha512",
                },
                iterations.ToString(CultureInfo.InvariantCulture),
                bytes[headerOfThree..(headerOfThree + (int)saltLength)],
                bytes[(headerOfThree + (int)saltLength)..],
                out var third
            )
            ? third
            : null;
    }

    internal static byte[]? OfHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return
            text.Length % 2 == 0
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : null;
    }

    [GeneratedRegex(@"\A(?:\{[A-Za-z0-9@_.-]{1,40}\}|argon2(?=\$argon2)|bcrypt\$(?=\$2))(?<hash>\$.+)\z")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\A\{(?<scheme>PBKDF2(?:-SHA256|-SHA512)?)\}(?<hash>[0-9].+)\z")]
    private static partial Regex LdapPbkdf2();

    [GeneratedRegex(
        @"\Apbkdf2_(?<digest>sha1|sha256|sha512)\$(?<iterations>[0-9]{1,9})\$(?<salt>[^$\0]{1,100})\$(?<hash>[A-Za-z0-9+/]{1,96}={0,2})\z"
    )]
    private static partial Regex DjangoPbkdf2();

    [GeneratedRegex(
        @"\Ascrypt\$(?<n>[0-9]{1,9})\$(?<salt>[^$\0]{1,100})\$(?<r>[0-9]{1,2})\$(?<p>[0-9]{1,2})\$(?<hash>[A-Za-z0-9+/]{1,96}={0,2})\z"
    )]
    private static partial Regex DjangoScrypt();

    [GeneratedRegex(
        @"\Apbkdf2:(?<digest>sha1|sha256|sha512):(?<iterations>[0-9]{1,9})\$(?<salt>[^$\0]{1,100})\$(?<hash>[0-9a-fA-F]{32,128})\z"
    )]
    private static partial Regex WerkzeugPbkdf2();

    [GeneratedRegex(
        @"\Ascrypt:(?<n>[0-9]{1,9}):(?<r>[0-9]{1,2}):(?<p>[0-9]{1,2})\$(?<salt>[^$\0]{1,100})\$(?<hash>[0-9a-fA-F]{32,128})\z"
    )]
    private static partial Regex WerkzeugScrypt();

    [GeneratedRegex(
        @"\A\$fbscrypt\$v=1,n=(?<n>[0-9]{1,2}),r=(?<r>[0-9]{1,2}),p=(?<p>[0-9]{1,2})(?:,ss=(?<ss>[A-Za-z0-9+/_-]{0,88}={0,2}))?(?:,sk=(?<sk>[A-Za-z0-9+/_-]{1,88}={0,2}))?\$(?<salt>[A-Za-z0-9+/_-]{1,88}={0,2})\$(?<hash>[A-Za-z0-9+/_-]{1,88}={0,2})\z"
    )]
    private static partial Regex Supabase();
}
