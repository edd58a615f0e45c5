using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// A signed record that a restore reset a tenant's audit log to an earlier end. Heads after that end, signed before the
/// restore, belong to events that no longer exist. It is stored in the object store beside the heads, out of reach of
/// the rights to the database.
/// </summary>
public static class AuditRestore
{
    private const string Type = "audit-restore+jwt";

    /// <param name="Iss">the installation</param>
    /// <param name="TenantId">the tenant of the chain</param>
    /// <param name="Position">the position of its last link after the restore; 0: the chain starts again</param>
    /// <param name="Iat">seconds since 1970</param>
    public sealed record Claims(string Iss, Guid TenantId, long Position, long Iat)
    {
        /// <summary>Whether the head belongs to the part of the chain that the restore removed.</summary>
        public bool Explains(AuditHead.Claims head) =>
            head.TenantId == TenantId && head.Position > Position && head.Iat <= Iat;
    }

    /// <param name="key">of the installation, not one of the rotating keys that sign heads: this signature removes an
    /// alarm, and only the owner of the installation may do that</param>
    /// <param name="issuer">the installation</param>
    /// <param name="tenant">the tenant of the chain</param>
    /// <param name="position">the position of its last link</param>
    /// <param name="now">the time</param>
    /// <returns>a JWS in compact form</returns>
    public static string Sign(byte[] key, string issuer, Guid tenant, long position, DateTimeOffset now) =>
        AuditHead.Signed(
            new SigningCredentials(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256),
            Type,
            new Claims(issuer, tenant, position, now.ToUnixTimeSeconds())
        );

    /// <returns>null: the text is no restore record, or was not signed with this key</returns>
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
