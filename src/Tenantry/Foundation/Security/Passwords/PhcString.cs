using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// A password hash with all parameters to verify it, in the PHC string format:
/// <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>, base64 without padding.
/// </summary>
public sealed partial record PhcString(int MemoryKiB, int Passes, int Parallelism, byte[] Salt, byte[] Hash)
{
    // Hashes come from our table or from an import: their parameters must not be able to exhaust memory or time.
    private const int MaxMemoryKiB = 1024 * 1024;
    private const int MaxPasses = 20;

    /// <summary>
    /// Whether an imported hash costs at most what the settings allow for ours: 256 MiB, and the work of one pass over
    /// 1 GiB, about a second. All tenants share the queue in which a sign-in is hashed.
    /// </summary>
    public bool IsAffordable => MemoryKiB <= 256 * 1024 && MemoryKiB * (long)Passes <= 1024 * 1024;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"$argon2id$v=19$m={MemoryKiB},t={Passes},p={Parallelism}${Encode(Salt)}${Encode(Hash)}"
        );

    public static bool TryParse(string text, [NotNullWhen(true)] out PhcString? phc)
    {
        phc = null;
        var match = Form().Match(text);
        if (!match.Success)
            return false;
        int Number(string name) =>
            int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var (memory, passes, parallelism) = (Number("m"), Number("t"), Number("p"));
        if (memory is < 8 or > MaxMemoryKiB || passes is < 1 or > MaxPasses || parallelism != 1)
            return false;
        if (
            !TryDecode(match.Groups["salt"].Value, out var salt) || !TryDecode(match.Groups["hash"].Value, out var hash)
        )
            return false;
        if (salt.Length != 16 || hash.Length is < 16 or > 64)
            return false;
        phc = new PhcString(memory, passes, parallelism, salt, hash);
        return true;
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (!Convert.TryFromBase64String(padded, bytes, out var written))
            return false;
        bytes = bytes[..written];
        return true;
    }

    [GeneratedRegex(
        @"\A\$argon2id\$v=19\$m=(?<m>[0-9]{1,7}),t=(?<t>[0-9]{1,3}),p=(?<p>[0-9]{1,3})\$(?<salt>[A-Za-z0-9+/]{1,128})\$(?<hash>[A-Za-z0-9+/]{1,128})\z"
    )]
    private static partial Regex Form();
}
