using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Sealing;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>A key pair that signs access tokens. The private key is stored encrypted under JWT_SECRET.</summary>
public sealed class SigningKey : IPlatformOwned
{
    public static string WhyNoTenant => "One key ring signs for all tenants; a token names its tenant in a claim.";

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The nonce, the tag and the encrypted PKCS#8 of the private key, concatenated.</summary>
    public required byte[] ProtectedPrivateKey { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Before this time the key is published but does not sign.</summary>
    public required DateTimeOffset SignsFrom { get; init; }

    /// <summary>The <c>kid</c> in the header of a token.</summary>
    public string KeyId => Id.ToString("N");

    public static SigningKey Create(string secret, DateTimeOffset now, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (id, publicKey, created, from) = (
            Guid.CreateVersion7(),
            key.ExportSubjectPublicKeyInfo(),
            ToMicroseconds(now),
            ToMicroseconds(signsFrom)
        );
        return new SigningKey
        {
            Id = id,
            PublicKey = publicKey,
            ProtectedPrivateKey = Protect(key.ExportPkcs8PrivateKey(), secret, Row(id, publicKey, created, from)),
            CreatedAt = created,
            SignsFrom = from,
        };
    }

    /// <summary>
    /// Decrypts the private key. Success authenticates the whole row, including the public key and the times: an
    /// attacker who
    /// can write the table but lacks JWT_SECRET can neither insert a key nor reactivate an old one.
    /// </summary>
    /// <returns>null: the key was encrypted under another JWT_SECRET, or the row was tampered with</returns>
    public SigningCredentials? Unlock(string secret)
    {
        if (Unprotect(secret) is not { } plain)
            return null;
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(plain, out _);
        CryptographicOperations.ZeroMemory(plain);
        return new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = KeyId }, SecurityAlgorithms.EcdsaSha256);
    }

    public ECDsaSecurityKey Public()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(PublicKey, out _);
        return new ECDsaSecurityKey(key) { KeyId = KeyId };
    }

    private static byte[] Protect(byte[] plain, string secret, byte[] row)
    {
        var sealed_ = Box(secret).Seal(plain, row);
        CryptographicOperations.ZeroMemory(plain);
        return sealed_;
    }

    private byte[]? Unprotect(string secret) =>
        Box(secret).Open(ProtectedPrivateKey, Row(Id, PublicKey, CreatedAt, SignsFrom)) is { Length: > 0 } plain
            ? plain
            : null;

    /// <summary>All columns except the encrypted key, as associated data.</summary>
    private static byte[] Row(Guid id, byte[] publicKey, DateTimeOffset created, DateTimeOffset signsFrom) =>
        [
            .. id.ToByteArray(),
            .. BitConverter.GetBytes(created.UtcTicks),
            .. BitConverter.GetBytes(signsFrom.UtcTicks),
            .. publicKey,
        ];

    /// <summary>The precision of the database.</summary>
    private static DateTimeOffset ToMicroseconds(DateTimeOffset time) => new(time.UtcTicks / 10 * 10, TimeSpan.Zero);

    private static SealedBox Box(string secret) =>
        new(
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                Encoding.UTF8.GetBytes(secret),
                32,
                info: "tenantry signing keys at rest"u8.ToArray()
            ),
            isTagFirst: true
        );

    private sealed class Mapping : IEntityTypeConfiguration<SigningKey>
    {
        public void Configure(EntityTypeBuilder<SigningKey> key) =>
            key.ToTable("signing_keys").GrantToServingRole("SELECT, INSERT, DELETE").Ignore(k => k.KeyId);
    }
}

public sealed class SigningKeyLockedException()
    : Exception(
        "JWT_SECRET decrypts none of the signing keys: they were encrypted under another secret. Start with the former JWT_SECRET. "
            + "If it is lost, 'tenantry keys rotate --drop-old' creates a new key under the present one: all access tokens become invalid, and clients continue with their refresh tokens."
    );
