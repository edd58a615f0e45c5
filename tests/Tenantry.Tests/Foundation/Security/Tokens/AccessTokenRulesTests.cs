using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>The checks of an access token before its rows are read.</summary>
public sealed class AccessTokenRulesTests : IAsyncLifetime
{
    private const string Secret = TokensWithoutServers.Secret;

    private static readonly DateTimeOffset Start = TokensWithoutServers.Start;

    private readonly TokensWithoutServers service = new();
    private readonly Caller caller = Of(2);

    private AccessTokens Tokens => service.Tokens;

    public async ValueTask InitializeAsync() => await service.Keys.Load(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task An_issued_token_passes() => await Passes(Tokens.Issue(caller));

    [Fact]
    public void An_issued_token_has_the_claims_of_the_contract()
    {
        var token = new JsonWebToken(Tokens.Issue(caller));

        (token.Typ, token.Alg, token.Kid).ShouldBe(("at+jwt", "ES256", service.Key.KeyId));
        (token.Issuer, token.Audiences.Single()).ShouldBe((service.Settings.JwtIssuer, service.Settings.JwtAudience));
        (token.IssuedAt, token.ValidTo).ShouldBe((Start.UtcDateTime, Start.AddMinutes(15).UtcDateTime));
        token
            .Claims.Select(claim => claim.Type)
            .Distinct()
            .Order(StringComparer.Ordinal)
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
        token.Subject.ShouldBe(caller.UserId.ToString());
        Guid.TryParse(token.Id, out _).ShouldBeTrue();
        Text(token, "sid").ShouldBe(caller.SessionId.ToString());
        Text(token, "tenant_id").ShouldBe(caller.TenantId.ToString());
        Text(token, "role").ShouldBe("Own");
        Text(token, "token_type").ShouldBe("access");
        token.GetPayloadValue<string[]>("permissions").ShouldBe(["a:0", "a:1"]);
        token.TryGetPayloadValue<bool>("permissions_omitted", out _).ShouldBeFalse();
        Tokens.Lifetime.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void More_than_50_permissions_are_omitted_and_that_is_stated(int permissions, bool areOmitted)
    {
        var token = new JsonWebToken(Tokens.Issue(Of(permissions)));

        token.GetPayloadValue<string[]>("permissions").Length.ShouldBe(areOmitted ? 0 : permissions);
        token.TryGetPayloadValue<bool>("permissions_omitted", out var stated).ShouldBe(areOmitted);
        stated.ShouldBe(areOmitted);
    }

    [Fact]
    public async Task A_token_that_is_made_like_ours_passes() => await Passes(Forge(_ => { }));

    [Theory]
    [InlineData("aud", "another")]
    [InlineData("iss", "https://other.example")]
    [InlineData("token_type", "refresh")]
    [InlineData("tenant_id", "no id")]
    [InlineData("sid", "no id")]
    [InlineData("sub", "no id")]
    public async Task A_token_with_one_wrong_claim_is_refused(string claim, string value) =>
        await Refused(Forge(token => token.Claims[claim] = value));

    [Theory]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("exp")]
    [InlineData("token_type")]
    [InlineData("tenant_id")]
    [InlineData("sid")]
    [InlineData("sub")]
    [InlineData("role")]
    [InlineData("permissions")]
    public async Task A_token_without_one_claim_is_refused(string claim) =>
        await Refused(Forge(token => token.Claims.Remove(claim)));

    [Theory]
    [InlineData("JWT")]
    [InlineData("rt+jwt")]
    public async Task A_token_of_another_type_is_refused(string type) =>
        await Refused(Forge(token => token.TokenType = type));

    [Fact]
    public async Task A_token_with_another_algorithm_is_refused()
    {
        var secret = new SymmetricSecurityKey(service.Key.PublicKey) { KeyId = service.Key.KeyId };

        await Refused(Forge(token => token.SigningCredentials = new SigningCredentials(secret, "HS256")));
        await Refused(Forge(token => token.SigningCredentials = null));
    }

    [Fact]
    public async Task A_token_that_another_key_signed_is_refused()
    {
        foreach (var id in new[] { service.Key.KeyId, "unknown" })
        {
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var credentials = new SigningCredentials(new ECDsaSecurityKey(other) { KeyId = id }, "ES256");
            await Refused(Forge(token => token.SigningCredentials = credentials));
        }
        using var unnamed = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Refused(
            Forge(token => token.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(unnamed), "ES256"))
        );
    }

    [Fact]
    public async Task A_token_that_a_key_of_another_instance_signed_passes_once_the_key_is_read()
    {
        var other = SigningKey.Create(Secret, Start, Start);
        var token = Forge(descriptor => descriptor.SigningCredentials = other.Unlock(Secret));
        service.Rows.Add(other);

        await Passes(token);

        service.Rows.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_with_a_known_key_does_not_read_the_keys_again()
    {
        await Refused(Forge(token => token.Claims["aud"] = "another"));

        service.Rows.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_ends_at_its_time()
    {
        var token = Tokens.Issue(caller);

        service.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        await Passes(token);
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await Refused(token, Problems.TokenExpired);
    }

    [Fact]
    public async Task A_token_has_one_spelling()
    {
        var token = Tokens.Issue(caller);

        // 64 bytes of a signature have 86 characters, the last of which has four unused bits.
        await Refused(token[..^1] + (char)(token[^1] + 1));
        await Refused(token + "==");
        await Refused(token + ".");
        await Refused(token + ".a");
        await Refused("." + token);
        await Refused(token + " ");
        await Refused(token[..token.LastIndexOf('.')]);
        await Refused(token[..(token.LastIndexOf('.') + 1)]);
        await Refused("");
        await Refused("..");
        await Refused("a.b.c");
    }

    [Fact]
    public async Task A_token_of_more_than_16_kB_is_refused()
    {
        var padding = 11_000 + ((16 * 1024 - Long(11_000).Length) * 3 / 4);

        var longest = Enumerable.Range(padding - 2, 6).Select(Long).Last(token => token.Length <= 16 * 1024);

        longest.Length.ShouldBeInRange((16 * 1024) - 1, 16 * 1024);
        await Passes(longest);
        await Refused(Long(padding + 4));

        string Long(int characters) => Forge(token => token.Claims["x"] = new string('x', characters));
    }

    private async Task Passes(string token) =>
        await Should.ThrowAsync<NpgsqlException>(async () => await Tokens.Verify(token.AsMemory(), default));

    private async Task Refused(string token, ProblemKind? problem = null) =>
        (await Tokens.Verify(token.AsMemory(), default)).ShouldBe((null, problem ?? Problems.AuthenticationFailed));

    private static string Text(JsonWebToken token, string claim) => token.GetPayloadValue<string>(claim);

    private static Caller Of(int permissions) =>
        new(
            Guid.NewGuid(),
            Guid.NewGuid(),
            Guid.NewGuid(),
            "Own",
            Enumerable.Range(0, permissions).Select(n => $"a:{n}").ToHashSet(StringComparer.Ordinal)
        );

    private string Forge(Action<SecurityTokenDescriptor> alter)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            SigningCredentials = service.Keys.Signing,
            Claims = new Dictionary<string, object>
            {
                ["iss"] = service.Settings.JwtIssuer,
                ["aud"] = service.Settings.JwtAudience,
                ["exp"] = Start.AddMinutes(15).ToUnixTimeSeconds(),
                ["iat"] = Start.ToUnixTimeSeconds(),
                ["sub"] = caller.UserId.ToString(),
                ["sid"] = caller.SessionId.ToString(),
                ["tenant_id"] = caller.TenantId.ToString(),
                ["role"] = "Own",
                ["permissions"] = new[] { "a:0" },
                ["token_type"] = "access",
            },
        };
        alter(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }
}
