using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Foundation.Auditing;

/// <summary>
/// The head of a tenant's audit chain at some hour, signed with the key ring. An attacker who rewrites the tables but
/// lacks JWT_SECRET cannot sign the result. Each head contains the hash of the head before, so that the newest one also
/// authenticates heads whose key has been deleted since.
/// </summary>
public sealed class AuditHead : ITenantOwned
{
    /// <summary>A type of its own: a chain head is not accepted as an access token.</summary>
    private const string Type = "audit-head+jwt";

    public Guid TenantId { get; init; }
    public required Guid Id { get; init; }
    public required long Position { get; init; }
    public required byte[] Hash { get; init; }
    public required DateTimeOffset SignedAt { get; init; }

    /// <summary>The id of the signing key.</summary>
    public required string KeyId { get; init; }

    /// <summary>A JWS in compact form (RFC 7515): its claims are those of <see cref="Claims"/>.</summary>
    public required string Jws { get; init; }

    /// <param name="Iss">the installation</param>
    /// <param name="TenantId">the tenant of the chain</param>
    /// <param name="Position">the position of the link</param>
    /// <param name="Hash">the hash of the link, base64url</param>
    /// <param name="Prev">SHA-256 of the JWS of the head before, base64url; null: there was none</param>
    /// <param name="Iat">seconds since 1970</param>
    public sealed record Claims(string Iss, Guid TenantId, long Position, string Hash, string? Prev, long Iat)
    {
        public byte[] HashBytes => Base64Url.DecodeFromChars(Hash);
    }

    public static AuditHead Sign(
        KeyRing ring,
        string issuer,
        Guid tenant,
        long position,
        byte[] hash,
        string? before,
        DateTimeOffset now
    )
    {
        var key = ring.Signing;
        var claims = new Claims(
            issuer,
            tenant,
            position,
            Base64Url.EncodeToString(hash),
            before is null ? null : Print(before),
            now.ToUnixTimeSeconds()
        );
        return new AuditHead
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(now),
            Position = position,
            Hash = hash,
            SignedAt = now,
            KeyId = key.Key.KeyId,
            Jws = Signed(ring.Signing, Type, claims),
        };
    }

    internal static string Signed<T>(SigningCredentials key, string type, T claims) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(claims, Json),
            key,
            new Dictionary<string, object> { ["typ"] = type }
        );

    /// <summary>The value of <c>prev</c> in the next head.</summary>
    public static string Print(string jws) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(jws)));

    /// <returns>null: the text is no chain head</returns>
    public static Claims? Read(string jws) => Read<Claims>(jws, Type);

    internal static T? Read<T>(string jws, string type)
        where T : class
    {
        try
        {
            var token = new JsonWebToken(jws);
            return token.Typ == type
                ? JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(token.EncodedPayload), Json)
                : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return null;
        }
    }

    public enum Signature
    {
        Good,
        Wrong,
        KeyUnknown,
    }

    public static Signature SignatureOf(string jws, KeyRing ring)
    {
        var token = new JsonWebToken(jws);
        if (ring.Find(token.Kid) is not ECDsaSecurityKey key)
            return Signature.KeyUnknown;
        var signed = Encoding.ASCII.GetBytes($"{token.EncodedHeader}.{token.EncodedPayload}");
        return
            token.Alg == SecurityAlgorithms.EcdsaSha256
            && key.ECDsa.VerifyData(signed, Base64Url.DecodeFromChars(token.EncodedSignature), HashAlgorithmName.SHA256)
            ? Signature.Good
            : Signature.Wrong;
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private sealed class Mapping : IEntityTypeConfiguration<AuditHead>
    {
        public void Configure(EntityTypeBuilder<AuditHead> head) =>
            head.ToTable("audit_heads").GrantToServingRole("SELECT, INSERT");
    }
}
