using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// A secret of which only the SHA-256 hash is stored: refresh tokens, the tokens in e-mails and in share links. It
/// contains
/// its tenant, so that row-level security applies to the lookup. The prefix lets secret scanners recognise leaked
/// tokens.
/// </summary>
public readonly record struct OpaqueToken(Guid Tenant, string Text)
{
    public const string RefreshPrefix = "tnr_";
    public const string MailPrefix = "tnm_";
    public const string FilePrefix = "tnf_";

    private const int TenantBytes = 16;
    private const int SecretBytes = 32;

    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static OpaqueToken Create(string prefix, Guid tenant) =>
        Of(prefix, tenant, RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>
    /// The token that replaces this one. It is always the same, so that two browser tabs that refresh at once continue
    /// with
    /// one family. It cannot be predicted without the server's key.
    /// </summary>
    public OpaqueToken Successor(byte[] key) =>
        Of(RefreshPrefix, Tenant, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Text)));

    /// <summary>Never throws: returns false for a text that is no token of this kind.</summary>
    public static bool TryParse(string prefix, string? text, out OpaqueToken token)
    {
        token = default;
        Span<byte> bytes = stackalloc byte[TenantBytes + SecretBytes];
        if (
            text?.StartsWith(prefix, StringComparison.Ordinal) != true
            || !TokenText.TryRead(text.AsSpan(prefix.Length), bytes)
        )
            return false;
        token = new OpaqueToken(new Guid(bytes[..TenantBytes]), text);
        return true;
    }

    // The generated ToString of a record would print the secret.
    public override string ToString() => $"token of {Tenant}";

    private static OpaqueToken Of(string prefix, Guid tenant, byte[] secret)
    {
        Span<byte> bytes = stackalloc byte[TenantBytes + SecretBytes];
        tenant.TryWriteBytes(bytes);
        secret.CopyTo(bytes[TenantBytes..]);
        return new OpaqueToken(tenant, prefix + TokenText.Write(bytes));
    }
}
