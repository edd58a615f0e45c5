using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// A secret that we hand out and keep only the SHA-256 of: refresh tokens, the tokens in mails and the links of files. It carries its tenant, so that
/// row-level security holds while it is looked up. A prefix lets secret scanners recognise one that was committed somewhere.
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
    /// The token that replaces this one: always the same, so that two tabs that refresh at once go on with one family. Whoever lacks
    /// the server's key cannot foretell it.
    /// </summary>
    public OpaqueToken Successor(byte[] key) =>
        Of(RefreshPrefix, Tenant, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Text)));

    /// <summary>Never throws: whatever is not a token of this kind is false.</summary>
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

    // A record would print the secret.
    public override string ToString() => $"token of {Tenant}";

    private static OpaqueToken Of(string prefix, Guid tenant, byte[] secret)
    {
        Span<byte> bytes = stackalloc byte[TenantBytes + SecretBytes];
        tenant.TryWriteBytes(bytes);
        secret.CopyTo(bytes[TenantBytes..]);
        return new OpaqueToken(tenant, prefix + TokenText.Write(bytes));
    }
}
