using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>
/// What a forger can try. Each token differs from a good one in one thing, so that the refusal means that thing.
/// </summary>
public sealed class AccessTokenTests(SharedService shared, Cluster cluster, ITestOutputHelper output)
    : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    private SigningCredentials Signing => service.Services.GetRequiredService<KeyRing>().Signing;

    [Fact]
    public async Task A_token_made_like_ours_and_signed_with_our_key_is_taken() =>
        (await Show(await Forge(_ => { }))).Status.ShouldBe(200);

    [Theory]
    [InlineData("aud", "somebody else")]
    [InlineData("iss", "https://evil.example")]
    [InlineData("token_type", "refresh")]
    [InlineData("tenant_id", "not an id")]
    public async Task A_token_with_one_claim_of_another_is_refused(string claim, string value) =>
        (await Show(await Forge(token => token.Claims[claim] = value))).ShouldBeProblem(401, "authentication_failed");

    [Theory]
    [InlineData("tenant_id")]
    [InlineData("sid")]
    [InlineData("sub")]
    [InlineData("exp")]
    [InlineData("permissions")]
    [InlineData("token_type")]
    public async Task A_token_without_a_claim_that_ours_have_is_refused(string claim) =>
        (await Show(await Forge(token => token.Claims.Remove(claim)))).ShouldBeProblem(401, "authentication_failed");

    [Theory]
    [InlineData("JWT")]
    [InlineData("id+jwt")]
    public async Task A_token_of_another_type_is_refused(string type) =>
        (await Show(await Forge(token => token.TokenType = type))).ShouldBeProblem(401, "authentication_failed");

    [Fact]
    public async Task A_token_that_another_key_signed_under_our_key_id_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var credentials = new SigningCredentials(
            new ECDsaSecurityKey(other) { KeyId = Signing.Kid },
            SecurityAlgorithms.EcdsaSha256
        );

        (await Show(await Forge(token => token.SigningCredentials = credentials))).ShouldBeProblem(
            401,
            "authentication_failed"
        );
    }

    [Fact]
    public async Task A_token_signed_with_an_unknown_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var credentials = new SigningCredentials(
            new ECDsaSecurityKey(other) { KeyId = "unknown" },
            SecurityAlgorithms.EcdsaSha256
        );

        (await Show(await Forge(token => token.SigningCredentials = credentials))).ShouldBeProblem(
            401,
            "authentication_failed"
        );
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    public async Task A_token_without_a_signature_is_refused(string algorithm)
    {
        var parts = (await Forge(_ => { })).Split('.');
        var head = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{Signing.Kid}}"}""");

        (await Show($"{head}.{parts[1]}.")).ShouldBeProblem(401, "authentication_failed");
        (await Show($"{head}.{parts[1]}.{parts[2]}")).ShouldBeProblem(401, "authentication_failed");
    }

    [Fact]
    public async Task A_token_keyed_with_our_public_key_as_a_shared_secret_is_refused()
    {
        var key = ((ECDsaSecurityKey)Signing.Key).ECDsa;
        var point = key.ExportParameters(false).Q;
        var jwks = (await service.At().Get("/.well-known/jwks.json")).Text;
        var parts = (await Forge(_ => { })).Split('.');
        var head = Base64UrlEncoder.Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{Signing.Kid}}"}""");

        foreach (
            var secret in new[]
            {
                key.ExportSubjectPublicKeyInfo(),
                Encoding.UTF8.GetBytes(key.ExportSubjectPublicKeyInfoPem()),
                [.. point.X!, .. point.Y!],
                [4, .. point.X!, .. point.Y!],
                Encoding.UTF8.GetBytes(jwks),
            }
        )
        {
            var signature = Base64UrlEncoder.Encode(
                HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{head}.{parts[1]}"))
            );
            (await Show($"{head}.{parts[1]}.{signature}")).ShouldBeProblem(401, "authentication_failed");
        }
    }

    [Fact]
    public async Task A_token_whose_content_was_altered_is_refused()
    {
        var parts = (await service.At().NewUser()).Token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("\"User\"", "\"Admin\"", StringComparison.Ordinal);

        (await Show($"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}")).ShouldBeProblem(
            401,
            "authentication_failed"
        );
    }

    [Fact]
    public async Task A_refresh_token_is_no_access_token() =>
        (await Show((await service.At().NewUser()).RefreshToken)).ShouldBeProblem(401, "authentication_failed");

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    public async Task What_is_no_token_at_all_is_refused(string token) =>
        (await Show(token)).ShouldBeProblem(401, "authentication_failed");

    [Fact]
    public async Task A_token_ends_when_it_says_remembered_or_not()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var timed = await cluster.Start(replace: services => services.AddSingleton<TimeProvider>(clock));
        var (seen, unseen) = (await timed.At().NewUser(), await timed.At().NewUser());
        clock.Advance(TimeSpan.FromMinutes(14));
        (await seen.Get("auth/me")).Status.ShouldBe(200);

        clock.Advance(TimeSpan.FromMinutes(1));

        (await seen.Get("auth/me"))
            .ShouldBeProblem(401, "token_expired")
            .Header("WWW-Authenticate")
            .ShouldBe("Bearer error=\"invalid_token\"");
        (await unseen.Get("auth/me")).ShouldBeProblem(401, "token_expired");
    }

    [Fact]
    public async Task An_application_verifies_a_token_with_the_published_keys_alone()
    {
        var token = (await service.At().NewUser()).Token;
        var configuration = (await service.At().Get("/.well-known/openid-configuration")).Json;
        var keys = new JsonWebKeySet(
            (await service.At().Get(new Uri(configuration.Text("jwks_uri")).AbsolutePath)).Text
        );

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = configuration.Text("issuer"),
                ValidAudience = "tenantry",
                ValidTypes = ["at+jwt"],
                ValidAlgorithms = ["ES256"],
                IssuerSigningKeys = keys.GetSigningKeys(),
            }
        );

        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        keys.Keys.ShouldAllBe(key => !key.HasPrivateKey);
    }

    [Fact]
    public async Task A_token_says_what_the_contract_says()
    {
        var token = new JsonWebToken((await service.At().NewUser()).Token);

        (token.Typ, token.Alg, token.Kid).ShouldBe(("at+jwt", "ES256", Signing.Kid));
        token
            .Claims.Select(claim => claim.Type)
            .Distinct()
            .Order()
            .ShouldBe([
                "aud",
                "exp",
                "iat",
                "iss",
                "jti",
                "permissions",
                "role",
                "sid",
                "sub",
                "tenant_id",
                "token_type",
            ]);
        (token.ValidTo - token.IssuedAt).ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    public void A_token_stays_small_however_many_permissions_there_are(int permissions)
    {
        var many = Enumerable.Range(0, permissions).Select(i => $"resource-{i}:action").ToHashSet();

        var text = service
            .Services.GetRequiredService<AccessTokens>()
            .Issue(new(Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "Admin", many));

        output.WriteLine($"{permissions} permissions: {text.Length} characters");
        text.Length.ShouldBeLessThan(2_200);
        new JsonWebToken(text).GetPayloadValue<string[]>("permissions").Length.ShouldBe(permissions == 50 ? 50 : 0);
    }

    private Task<Answer> Show(string token) => service.At().With(token).Get("auth/me");

    /// <summary>The claims of a real session in a token of our own making.</summary>
    private async Task<string> Forge(Action<SecurityTokenDescriptor> alter)
    {
        var real = new JsonWebToken((await service.At().NewUser()).Token);
        var claims = new Dictionary<string, object>
        {
            ["iss"] = real.Issuer,
            ["aud"] = real.Audiences.Single(),
            ["exp"] = EpochTime.GetIntDate(real.ValidTo),
            ["iat"] = EpochTime.GetIntDate(real.IssuedAt),
            ["permissions"] = real.GetPayloadValue<string[]>("permissions"),
        };
        foreach (var name in new[] { "sub", "jti", "sid", "tenant_id", "role", "token_type" })
            claims[name] = real.GetPayloadValue<string>(name);
        var descriptor = new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Claims = claims,
            SigningCredentials = Signing,
        };
        alter(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }
}
