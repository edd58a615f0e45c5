using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Tenantry.Foundation.Security.Passwords.Hashes;

/// <summary>How a former system combined its pepper with a password before it hashed it.</summary>
public enum PepperForm
{
    /// <summary>The password, then the pepper.</summary>
    Append,

    /// <summary>The pepper, then the password.</summary>
    Prepend,

    /// <summary>HMAC-SHA-256 of the password under the pepper, in lower-case hexadecimal.</summary>
    HmacSha256Hex,

    /// <summary>HMAC-SHA-256 of the password under the pepper, in base64.</summary>
    HmacSha256Base64,

    /// <summary>HMAC-SHA-512 of the password under the pepper, in lower-case hexadecimal.</summary>
    HmacSha512Hex,

    /// <summary>HMAC-SHA-512 of the password under the pepper, in base64.</summary>
    HmacSha512Base64,
}

/// <summary>
/// A hash of a password and the pepper of the former system. The pepper is a setting
/// (<c>IMPORTED_PASSWORD_PEPPER</c>), so the database does not contain it.
/// </summary>
/// <param name="Form">how the pepper was combined with the password</param>
/// <param name="Inner">the hash</param>
public sealed record PepperedHash(PepperForm Form, StoredHash Inner) : StoredHash
{
    private const string Prefix = "{pepper:";

    public override string Scheme => Inner.Scheme;

    public override TimeSpan Work => Inner.Work;

    public override int UsedKiB => Inner.UsedKiB;

    public override bool IsAffordable => Inner.IsAffordable;

    public override bool NeedsPepper => true;

    /// <summary>Without the pepper no password is right, after the same work.</summary>
    public override bool Verify(string password, string? pepper) =>
        Inner.Verify(Peppered(password, pepper ?? ""), null) && pepper is not null;

    public override string ToString() => $"{Prefix}{NameOf(Form)}}}{Inner}";

    /// <summary>The names in options and in stored hashes.</summary>
    public static IReadOnlyDictionary<string, PepperForm> Forms { get; } =
        Enum.GetValues<PepperForm>().ToDictionary(NameOf, StringComparer.Ordinal);

    public static bool TryRead(string text, [NotNullWhen(true)] out PepperedHash? hash)
    {
        hash = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var end = text.IndexOf('}', StringComparison.Ordinal);
        if (
            end > 0
            && Forms.TryGetValue(text[Prefix.Length..end], out var form)
            && StoredHash.TryRead(text[(end + 1)..], out var inner)
            && inner is not PepperedHash
        )
            hash = new PepperedHash(form, inner);
        return hash is not null;
    }

    private static string NameOf(PepperForm form) =>
        form switch
        {
            PepperForm.Append => "append",
            PepperForm.Prepend => "prepend",
            PepperForm.HmacSha256Hex => "hmac-sha256-hex",
            PepperForm.HmacSha256Base64 => "hmac-sha256-base64",
            PepperForm.HmacSha512Hex => "hmac-sha512-hex",
            _ => "hmac-sha512-base64",
        };

    private string Peppered(string password, string pepper)
    {
        var (secret, key) = (Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(pepper));
        return Form switch
        {
            PepperForm.Append => password + pepper,
            PepperForm.Prepend => pepper + password,
            PepperForm.HmacSha256Hex => Convert.ToHexStringLower(HMACSHA256.HashData(key, secret)),
            PepperForm.HmacSha256Base64 => Convert.ToBase64String(HMACSHA256.HashData(key, secret)),
            PepperForm.HmacSha512Hex => Convert.ToHexStringLower(HMACSHA512.HashData(key, secret)),
            _ => Convert.ToBase64String(HMACSHA512.HashData(key, secret)),
        };
    }
}
