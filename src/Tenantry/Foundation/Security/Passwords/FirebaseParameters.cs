using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Tenantry.Foundation.Security.Passwords.Hashes;

namespace Tenantry.Foundation.Security.Passwords;

/// <summary>
/// The password hash parameters of a Firebase project, as its console shows them (Authentication, Users, Password hash
/// parameters). The signer key is a secret: it is used at import, and never stored.
/// </summary>
/// <param name="Cost">the parameters of scrypt: <c>mem_cost</c> and <c>rounds</c></param>
/// <param name="SignerKey"><c>base64_signer_key</c></param>
/// <param name="SaltSeparator"><c>base64_salt_separator</c>; can be empty</param>
public sealed partial record FirebaseParameters(ScryptCost Cost, byte[] SignerKey, byte[] SaltSeparator)
{
    /// <summary>The longest text that is read.</summary>
    public const int MaxLength = 16 * 1024;

    // The generated text of a record would print the key.
    public override string ToString() => $"Firebase parameters {Cost}";

    /// <summary>
    /// Reads the text that the console shows, or the same members as JSON:
    /// <c>hash_config { algorithm: SCRYPT, base64_signer_key: …, rounds: 8, mem_cost: 14 }</c>.
    /// </summary>
    /// <param name="text">the text</param>
    /// <param name="parameters">the parameters</param>
    /// <param name="fault">what is wrong with the text; it does not contain the key</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out FirebaseParameters? parameters,
        [NotNullWhen(false)] out string? fault
    )
    {
        parameters = null;
        var members = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Member().Matches(text))
            members[match.Groups["name"].Value] = match.Groups["value"].Value;
        if (members.TryGetValue("algorithm", out var algorithm) && algorithm != "SCRYPT")
            fault = "algorithm must be SCRYPT: the project's own users have it";
        else if (!members.TryGetValue("base64_signer_key", out var key) || !HashBytes.TryDecode(key, out var signer))
            fault = "base64_signer_key is missing, or is not base64";
        else if (!TryDecodeOptional(members.GetValueOrDefault("base64_salt_separator"), out var separator))
            fault = "base64_salt_separator is not base64";
        else if (
            !ScryptCost.TryCreate(
                members.GetValueOrDefault("mem_cost"),
                members.GetValueOrDefault("rounds"),
                "1",
                out var cost
            )
        )
            fault = "mem_cost (10 to 20) and rounds (1 to 32) are missing, or need over 256 MiB";
        else if (signer.Length is < 16 or > 64 || separator.Length > 64)
            fault = "base64_signer_key must have 16 to 64 bytes, and base64_salt_separator at most 64";
        else
            (parameters, fault) = (new FirebaseParameters(cost, signer, separator), null);
        return parameters is not null;
    }

    internal static bool TryDecodeOptional(string? text, out byte[] bytes)
    {
        bytes = [];
        return string.IsNullOrEmpty(text) || HashBytes.TryDecode(text, out bytes);
    }

    [GeneratedRegex("""(?<name>[A-Za-z0-9_]{1,40})["']?\s{0,20}[:=]\s{0,20}["']?(?<value>[A-Za-z0-9+/=_-]{0,400})""")]
    private static partial Regex Member();
}
