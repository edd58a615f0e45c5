using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// Says, signed, that a tenant's log was put back to an earlier end by a restore: heads of what came after that end, signed until then, are of a log that is gone. It stands in
/// the store beside the heads, where the rights to the database do not reach.
/// </summary>
public static class AuditRestore
{
    private const string Type = "audit-restore+jwt";

    /// <param name="Iss">the installation</param>
    /// <param name="TenantId">whose chain</param>
    /// <param name="Position">of its last link, once it was put back; 0: it begins anew</param>
    /// <param name="Iat">seconds since 1970</param>
    public sealed record Claims(string Iss, Guid TenantId, long Position, long Iat)
    {
        /// <summary>Whether the head is of what is gone.</summary>
        public bool Explains(AuditHead.Claims head) =>
            head.TenantId == TenantId && head.Position > Position && head.Iat <= Iat;
    }

    /// <param name="key">of the installation, past the rotation of those that sign heads: this takes an alarm away, and is believed from nobody else</param>
    /// <param name="issuer">the installation</param>
    /// <param name="tenant">whose chain</param>
    /// <param name="position">of its last link</param>
    /// <param name="now">the time</param>
    /// <returns>a JWS in compact form</returns>
    public static string Sign(byte[] key, string issuer, Guid tenant, long position, DateTimeOffset now) =>
        AuditHead.Signed(
            new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
            Type,
            new Claims(issuer, tenant, position, now.ToUnixTimeSeconds())
        );

    /// <returns>null: it is something else, or was not signed with that key</returns>
    public static Claims? Read(string jws, byte[] key)
    {
        if (AuditHead.Read<Claims>(jws, Type) is not { } claims)
            return null;
        var token = new JsonWebToken(jws);
        return
            token.Alg == SecurityAlgorithms.HmacSha256
            && Base64Url.IsValid(token.EncodedSignature)
            && CryptographicOperations.FixedTimeEquals(
                HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{token.EncodedHeader}.{token.EncodedPayload}")),
                Base64Url.DecodeFromChars(token.EncodedSignature)
            )
            ? claims
            : null;
    }
}
