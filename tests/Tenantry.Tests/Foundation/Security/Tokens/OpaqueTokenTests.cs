using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>The texts of refresh tokens and of tokens in e-mails and links.</summary>
public sealed class OpaqueTokenTests
{
    private static readonly Guid Tenant = Guid.Parse("019a8f3e-1234-7000-8000-00000000abcd");

    [Fact]
    public void A_token_contains_its_prefix_its_tenant_and_32_random_bytes()
    {
        var (one, other) = (Create(), Create());

        one.Text.ShouldStartWith("tnr_");
        one.Text.Length.ShouldBe(4 + 64);
        Bytes(one)[..16].ShouldBe(Tenant.ToByteArray());
        Bytes(one)[16..].ShouldNotBe(Bytes(other)[16..]);
        Bytes(one)[16..].ShouldNotBe(new byte[32]);
        Bytes(one)[40..].ShouldNotBe(Bytes(other)[40..], "all bytes are random, also the last ones");
        (OpaqueToken.RefreshPrefix, OpaqueToken.MailPrefix, OpaqueToken.FilePrefix).ShouldBe(("tnr_", "tnm_", "tnf_"));
    }

    [Fact]
    public void A_token_is_read_back_with_its_tenant()
    {
        var token = Create();

        OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, token.Text, out var read).ShouldBeTrue();

        read.ShouldBe(token);
        read.Tenant.ShouldBe(Tenant);
    }

    [Fact]
    public void A_text_that_is_no_token_of_the_kind_is_refused()
    {
        var text = Create().Text;

        foreach (
            var wrong in new[]
            {
                null,
                "",
                "tnr_",
                text[4..],
                "TNR_" + text[4..],
                "tnm_" + text[4..],
                text[..^1],
                text + "A",
                text + "=",
                " " + text,
                text[..^1] + "!",
                text[..^1] + "+",
            }
        )
        {
            OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, wrong, out var read).ShouldBeFalse(wrong);
            read.ShouldBe(default);
        }
    }

    [Fact]
    public void Only_the_hash_of_the_whole_text_is_stored()
    {
        var token = Create();

        token.Hash.ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(token.Text)));
    }

    [Fact]
    public void The_successor_is_the_same_for_one_key_and_another_for_each_token_and_key()
    {
        var (token, key, otherKey) = (Create(), RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));

        var next = token.Successor(key);

        next.ShouldBe(token.Successor(key));
        next.ShouldNotBe(token);
        next.ShouldNotBe(token.Successor(otherKey));
        next.ShouldNotBe(Create().Successor(key));
        next.Tenant.ShouldBe(Tenant);
        next.Text.ShouldStartWith("tnr_");
        Bytes(next)[..16].ShouldBe(Tenant.ToByteArray());
        Bytes(next)[16..].ShouldBe(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(token.Text)));
        OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, next.Text, out _).ShouldBeTrue();
    }

    [Fact]
    public void The_text_of_a_token_in_logs_has_no_secret()
    {
        var token = Create();

        token.ToString().ShouldBe($"token of {Tenant}");
    }

    private static OpaqueToken Create() => OpaqueToken.Create(OpaqueToken.RefreshPrefix, Tenant);

    private static byte[] Bytes(OpaqueToken token) =>
        System.Buffers.Text.Base64Url.DecodeFromChars(token.Text.AsSpan(4));
}
