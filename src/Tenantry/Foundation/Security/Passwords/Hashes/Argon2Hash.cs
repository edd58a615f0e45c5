using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NSec.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Tenantry.Foundation.Hosting.Http;
using Parameters = Org.BouncyCastle.Crypto.Parameters.Argon2Parameters;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>
/// Argon2 in the PHC string format: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>. Ours are Argon2id of version 19
/// (1.3) with one lane, which libsodium computes. Imported ones have any type, version and number of lanes.
/// </summary>
/// <param name="Type"><c>argon2id</c>, <c>argon2i</c> or <c>argon2d</c></param>
/// <param name="Version">19 (1.3) or 16 (1.0)</param>
/// <param name="MemoryKiB">the memory</param>
/// <param name="Passes">the passes over the memory</param>
/// <param name="Lanes">the parallelism</param>
/// <param name="Salt">8 to 64 bytes</param>
/// <param name="Hash">16 to 64 bytes</param>
public sealed partial record Argon2Hash(
    string Type,
    int Version,
    int MemoryKiB,
    int Passes,
    int Lanes,
    byte[] Salt,
    byte[] Hash
) : StoredHash
{
    public const int SaltBytes = 16;

    // Hashes come from our table or from an import: their parameters must not be able to exhaust memory or time.
    private const int MaxMemoryKiB = 1024 * 1024;
    private const int MaxPasses = 100;
    private const long MaxWorkKiB = 20L * 1024 * 1024;
    private const int MaxLanes = 255;

    /// <summary>Of libsodium; managed code needs about twice as long.</summary>
    private const double MicrosecondsPerKiB = 0.5;

    public override string Scheme => Type;

    public override TimeSpan Work =>
        TimeSpan.FromMicroseconds(MemoryKiB * (double)Passes * MicrosecondsPerKiB * (IsNative ? 1 : 2));

    public override int UsedKiB => MemoryKiB;

    /// <summary>
    /// 256 MiB, and the work of one pass over 1 GiB: what the settings allow for our own hashes.
    /// </summary>
    public override bool IsAffordable => MemoryKiB <= 256 * 1024 && MemoryKiB * (long)Passes <= 1024 * 1024;

    /// <summary>Whether it has the form of our own hashes.</summary>
    public bool IsNative => Type == "argon2id" && Version == 19 && Lanes == 1 && Salt.Length == SaltBytes;

    public static Argon2Hash Create(string password, int memoryKiB, int passes)
    {
        var secret = Encoding.UTF8.GetBytes(StorableText.Normalized(password));
        var hash = Create(secret, memoryKiB, passes);
        CryptographicOperations.ZeroMemory(secret);
        return hash;
    }

    public static Argon2Hash Create(ReadOnlySpan<byte> secret, int memoryKiB, int passes)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var unfinished = new Argon2Hash("argon2id", 19, memoryKiB, passes, 1, salt, new byte[32]);
        return unfinished with { Hash = unfinished.Derive(secret) };
    }

    /// <summary>
    /// Our own hashes are those of the password in NFC: the same text typed on two keyboards is the same password (NIST
    /// SP 800-63B 3.1.1.2). Other systems hash what is typed.
    /// </summary>
    public override bool Verify(string password, string? pepper)
    {
        var normalized = StorableText.Normalized(password);
        return (IsNative && Verify(Encoding.UTF8.GetBytes(normalized)))
            || ((!IsNative || normalized != password) && Verify(Encoding.UTF8.GetBytes(password)));
    }

    public bool Verify(byte[] secret)
    {
        var isRight = CryptographicOperations.FixedTimeEquals(Derive(secret), Hash);
        CryptographicOperations.ZeroMemory(secret);
        return isRight;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"${Type}$v={Version}$m={MemoryKiB},t={Passes},p={Lanes}${HashBytes.Encode(Salt)}${HashBytes.Encode(Hash)}"
        );

    public static bool TryRead(string text, [NotNullWhen(true)] out Argon2Hash? hash)
    {
        hash = null;
        if (!text.StartsWith("$argon2", StringComparison.Ordinal))
            return false;
        var match = Form().Match(text);
        if (!match.Success)
            return false;
        int Number(string name) =>
            int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var (memory, passes, lanes) = (Number("m"), Number("t"), Number("p"));
        var version = match.Groups["v"].Success ? Number("v") : 16; // the first version did not state itself
        if (version is not (16 or 19) || passes is < 1 or > MaxPasses || lanes is < 1 or > MaxLanes)
            return false;
        if (memory < 8 * lanes || memory > MaxMemoryKiB || memory * (long)passes > MaxWorkKiB)
            return false;
        if (
            !HashBytes.TryDecode(match.Groups["salt"].ValueSpan, out var salt)
            || !HashBytes.TryDecode(match.Groups["hash"].ValueSpan, out var result)
        )
            return false;
        if (salt.Length is < 8 or > 64 || result.Length is < 16 or > 64)
            return false;
        hash = new Argon2Hash(match.Groups["type"].Value, version, memory, passes, lanes, salt, result);
        return true;
    }

    private byte[] Derive(ReadOnlySpan<byte> secret)
    {
        if (IsNative)
            return new Argon2id(
                new Argon2Parameters
                {
                    DegreeOfParallelism = 1,
                    MemorySize = MemoryKiB,
                    NumberOfPasses = Passes,
                }
            ).DeriveBytes(secret, Salt, Hash.Length);
        var type = Type switch
        {
            "argon2d" => Parameters.Argon2d,
            "argon2i" => Parameters.Argon2i,
            _ => Parameters.Argon2id,
        };
        var parameters = new Parameters.Builder(type)
            .WithVersion(Version)
            .WithMemoryAsKB(MemoryKiB)
            .WithIterations(Passes)
            .WithParallelism(Lanes)
            .WithSalt(Salt)
            .Build();
        var generator = new Argon2BytesGenerator();
        generator.Init(parameters);
        var derived = new byte[Hash.Length];
        generator.GenerateBytes(secret.ToArray(), derived);
        return derived;
    }

    // The PHC string format demands the order m, t, p. The package argon2 0.45.1 of npm writes m, p, t.
    [GeneratedRegex(
        @"\A\$(?<type>argon2(?:id|i|d))\$(?:v=(?<v>[0-9]{1,3})\$)?(?:m=(?<m>[0-9]{1,7}),t=(?<t>[0-9]{1,3}),p=(?<p>[0-9]{1,3})|m=(?<m>[0-9]{1,7}),p=(?<p>[0-9]{1,3}),t=(?<t>[0-9]{1,3}))\$(?<salt>[A-Za-z0-9+/]{1,128}={0,2})\$(?<hash>[A-Za-z0-9+/]{1,128}={0,2})\z"
    )]
    private static partial Regex Form();
}
