using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>A signing key as a row: who can use it, and what an altered row is worth.</summary>
public sealed class SigningKeyTests
{
    private const string Secret = "a secret for tests, long enough for it";

    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero).AddTicks(
        1_234_567
    );

    private readonly SigningKey key = SigningKey.Create(Secret, Now, Now.AddMinutes(10));

    [Fact]
    public void The_two_halves_of_a_key_belong_together()
    {
        var credentials = key.Unlock(Secret)!;

        credentials.Algorithm.ShouldBe("ES256");
        credentials.Kid.ShouldBe(key.Id.ToString("N"));
        key.KeyId.ShouldBe(key.Id.ToString("N"));
        key.Public().KeyId.ShouldBe(key.KeyId);
        key.Public().ECDsa.KeySize.ShouldBe(256);
        var signature = ((ECDsaSecurityKey)credentials.Key).ECDsa.SignData(
            "text"u8.ToArray(),
            HashAlgorithmName.SHA256
        );
        key.Public().ECDsa.VerifyData("text"u8, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
    }

    [Fact]
    public void The_published_half_has_no_private_key() =>
        Should.Throw<CryptographicException>(() => key.Public().ECDsa.ExportParameters(includePrivateParameters: true));

    [Fact]
    public void Times_have_the_precision_of_the_database()
    {
        key.CreatedAt.ShouldBe(Now.AddTicks(-7));
        key.SignsFrom.ShouldBe(Now.AddMinutes(10).AddTicks(-7));
    }

    [Fact]
    public void Another_secret_does_not_open_a_key() => key.Unlock(Secret + ".").ShouldBeNull();

    [Fact]
    public void The_private_key_is_not_stored_in_the_clear()
    {
        var plain = ((ECDsaSecurityKey)key.Unlock(Secret)!.Key).ECDsa.ExportParameters(true).D!;

        Convert.ToHexString(key.ProtectedPrivateKey).ShouldNotContain(Convert.ToHexString(plain));
    }

    /// <summary>The layout is a part of the contract: keys of earlier versions must open.</summary>
    [Fact]
    public void The_sealed_key_has_the_nonce_and_the_tag_first_and_is_bound_to_its_row()
    {
        var box = new AesGcm(
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256,
                System.Text.Encoding.UTF8.GetBytes(Secret),
                32,
                info: "tenantry signing keys at rest"u8.ToArray()
            ),
            16
        );
        var text = new byte[key.ProtectedPrivateKey.Length - 28];

        box.Decrypt(
            key.ProtectedPrivateKey.AsSpan(0, 12),
            key.ProtectedPrivateKey.AsSpan(28),
            key.ProtectedPrivateKey.AsSpan(12, 16),
            text,
            [
                .. key.Id.ToByteArray(),
                .. BitConverter.GetBytes(key.CreatedAt.UtcTicks),
                .. BitConverter.GetBytes(key.SignsFrom.UtcTicks),
                .. key.PublicKey,
            ]
        );

        using var opened = ECDsa.Create();
        opened.ImportPkcs8PrivateKey(text, out _);
        opened.ExportSubjectPublicKeyInfo().ShouldBe(key.PublicKey);
    }

    [Fact]
    public void A_row_that_was_altered_in_any_column_does_not_open()
    {
        var other = SigningKey.Create(Secret, Now, Now);
        var changed = key.ProtectedPrivateKey.ToArray();
        changed[^1] ^= 1;

        Altered().Unlock(Secret).ShouldNotBeNull();
        Altered(id: Guid.NewGuid()).Unlock(Secret).ShouldBeNull();
        Altered(publicKey: other.PublicKey).Unlock(Secret).ShouldBeNull();
        Altered(createdAt: key.CreatedAt.AddSeconds(1)).Unlock(Secret).ShouldBeNull();
        Altered(signsFrom: key.SignsFrom.AddSeconds(-1)).Unlock(Secret).ShouldBeNull();
        Altered(box: changed).Unlock(Secret).ShouldBeNull();
        Altered(box: other.ProtectedPrivateKey).Unlock(Secret).ShouldBeNull();
        Altered(box: []).Unlock(Secret).ShouldBeNull();
        Altered(box: key.ProtectedPrivateKey[..28]).Unlock(Secret).ShouldBeNull();
    }

    [Fact]
    public void Each_key_is_another_one()
    {
        var other = SigningKey.Create(Secret, Now, Now);

        other.Id.ShouldNotBe(key.Id);
        other.PublicKey.ShouldNotBe(key.PublicKey);
    }

    private SigningKey Altered(
        Guid? id = null,
        byte[]? publicKey = null,
        byte[]? box = null,
        DateTimeOffset? createdAt = null,
        DateTimeOffset? signsFrom = null
    ) =>
        new()
        {
            Id = id ?? key.Id,
            PublicKey = publicKey ?? key.PublicKey,
            ProtectedPrivateKey = box ?? key.ProtectedPrivateKey,
            CreatedAt = createdAt ?? key.CreatedAt,
            SignsFrom = signsFrom ?? key.SignsFrom,
        };
}
