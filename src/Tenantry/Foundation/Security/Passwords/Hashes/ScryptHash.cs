using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Org.BouncyCastle.Crypto.Generators;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>scrypt (RFC 7914) in the PHC string format: <c>$scrypt$ln=16,r=8,p=1$salt$hash</c>.</summary>
/// <param name="Cost">the parameters</param>
/// <param name="Salt">1 to 128 bytes</param>
/// <param name="Hash">16 to 64 bytes</param>
public sealed partial record ScryptHash(ScryptCost Cost, byte[] Salt, byte[] Hash) : StoredHash
{
    public override string Scheme => "scrypt";

    public override TimeSpan Work => Cost.Work;

    public override int UsedKiB => Cost.UsedKiB;

    public override bool Verify(string password, string? pepper) =>
        CryptographicOperations.FixedTimeEquals(Cost.Derive(password, Salt, Hash.Length), Hash);

    public override string ToString() => $"$scrypt${Cost}${HashBytes.Encode(Salt)}${HashBytes.Encode(Hash)}";

    public static bool TryRead(string text, [NotNullWhen(true)] out ScryptHash? hash)
    {
        hash = null;
        if (!text.StartsWith("$scrypt$", StringComparison.Ordinal))
            return false;
        var match = Form().Match(text);
        return match.Success
            && HashBytes.TryDecode(match.Groups["salt"].ValueSpan, out var salt)
            && HashBytes.TryDecode(match.Groups["hash"].ValueSpan, out var result)
            && ScryptCost.TryCreate(
                match.Groups["ln"].ValueSpan,
                match.Groups["r"].ValueSpan,
                match.Groups["p"].ValueSpan,
                out var cost
            )
            && TryCreate(cost, salt, result, out hash);
    }

    internal static bool TryCreate(
        ScryptCost cost,
        byte[] salt,
        byte[] result,
        [NotNullWhen(true)] out ScryptHash? hash
    )
    {
        hash = salt.Length is < 1 or > 128 || result.Length is < 16 or > 64 ? null : new(cost, salt, result);
        return hash is not null;
    }

    [GeneratedRegex(
        @"\A\$scrypt\$ln=(?<ln>[0-9]{1,2}),r=(?<r>[0-9]{1,2}),p=(?<p>[0-9]{1,2})\$(?<salt>[A-Za-z0-9+/.]{1,176}={0,2})\$(?<hash>[A-Za-z0-9+/.]{1,96}={0,2})\z"
    )]
    private static partial Regex Form();
}

/// <summary>The parameters of scrypt, within bounds of memory and time.</summary>
/// <param name="LogN">the binary logarithm of the iterations</param>
/// <param name="BlockSize">the parameter r</param>
/// <param name="Lanes">the parameter p</param>
public sealed record ScryptCost(int LogN, int BlockSize, int Lanes)
{
    /// <summary>128 · N · r bytes: 256 MiB.</summary>
    private const long MaxMemoryBytes = 256L * 1024 * 1024;

    /// <summary>The memory times p.</summary>
    private const long MaxWorkBytes = 1024L * 1024 * 1024;

    private const double NanosecondsPerByte = 6;

    public TimeSpan Work => TimeSpan.FromMicroseconds(Memory * Lanes * NanosecondsPerByte / 1000);

    public int UsedKiB => (int)(Memory / 1024);

    private long Memory => 128L * (1L << LogN) * BlockSize;

    public byte[] Derive(string password, byte[] salt, int bytes)
    {
        var secret = Encoding.UTF8.GetBytes(password);
        var derived = SCrypt.Generate(secret, salt, 1 << LogN, BlockSize, Lanes, bytes);
        CryptographicOperations.ZeroMemory(secret);
        return derived;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"ln={LogN},r={BlockSize},p={Lanes}");

    internal static bool TryCreate(
        ReadOnlySpan<char> logN,
        ReadOnlySpan<char> blockSize,
        ReadOnlySpan<char> lanes,
        [NotNullWhen(true)] out ScryptCost? cost
    )
    {
        cost = null;
        if (
            !int.TryParse(logN, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || !int.TryParse(blockSize, NumberStyles.None, CultureInfo.InvariantCulture, out var r)
            || !int.TryParse(lanes, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
        )
            return false;
        if (n is < 10 or > 20 || r is < 1 or > 32 || p is < 1 or > 32)
            return false;
        var created = new ScryptCost(n, r, p);
        if (created.Memory > MaxMemoryBytes || created.Memory * p > MaxWorkBytes)
            return false;
        cost = created;
        return true;
    }

    /// <summary>The same, of a form that states N itself.</summary>
    internal static bool TryCreateOfN(
        ReadOnlySpan<char> iterations,
        ReadOnlySpan<char> blockSize,
        ReadOnlySpan<char> lanes,
        [NotNullWhen(true)] out ScryptCost? cost
    )
    {
        cost = null;
        return int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && int.IsPow2(n)
            && TryCreate(int.Log2(n).ToString(CultureInfo.InvariantCulture), blockSize, lanes, out cost);
    }
}
