using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>Which requests have a token, and what becomes of an invalid one.</summary>
public sealed class AuthorizationHeaderTests : IAsyncLifetime
{
    private readonly TokensWithoutServers service = new();
    private readonly DefaultHttpContext http = new();
    private readonly ServiceProvider services;

    public AuthorizationHeaderTests()
    {
        services = SettingsWithoutServers.Services(all => all.AddOptions());
        http.RequestServices = services;
        http.Response.Body = new MemoryStream();
        http.Request.Path = "/api/v1/users";
    }

    public async ValueTask InitializeAsync() => await service.Keys.Load(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER   ")]
    public async Task A_valid_token_is_verified_whatever_the_case_of_the_scheme(string prefix)
    {
        http.Request.Headers.Authorization = prefix + Token() + " ";

        await Should.ThrowAsync<NpgsqlException>(Authenticate);
    }

    [Fact]
    public async Task An_invalid_token_is_a_failure_with_its_problem_and_no_caller()
    {
        http.Request.Headers.Authorization = "Bearer x";

        var result = await Authenticate();

        result.Succeeded.ShouldBeFalse();
        result.Failure!.Message.ShouldBe(Problems.AuthenticationFailed.Title);
        http.Features.Get<ProblemKind>().ShouldBe(Problems.AuthenticationFailed);
        http.Features.Get<Caller>().ShouldBeNull();
    }

    [Fact]
    public async Task An_expired_token_is_reported_as_such()
    {
        http.Request.Headers.Authorization = "Bearer " + Token();
        service.Clock.Advance(TimeSpan.FromHours(1));

        (await Authenticate()).Failure!.Message.ShouldBe(Problems.TokenExpired.Title);

        http.Features.Get<ProblemKind>().ShouldBe(Problems.TokenExpired);
        var refusal = BearerAuthentication.Refusal(http);
        (refusal.Kind, refusal.Detail).ShouldBe((Problems.TokenExpired, Problems.TokenExpired.Description));
    }

    [Theory]
    [InlineData("/api/v1/users", "")]
    [InlineData("/api/v1/users", "Basic eDp4")]
    [InlineData("/api/v1/users", "Bearerx")]
    [InlineData("/health", "Bearer x")]
    [InlineData("/api/v10/users", "Bearer x")]
    public async Task A_request_without_a_token_or_outside_the_API_has_no_result(string path, string header)
    {
        http.Request.Path = path;
        http.Request.Headers.Authorization = header;

        (await Authenticate()).None.ShouldBeTrue();
    }

    [Fact]
    public async Task A_challenge_is_a_401_and_a_refusal_by_a_policy_a_403()
    {
        var handler = await Handler();
        await handler.ChallengeAsync(null);

        http.Response.StatusCode.ShouldBe(401);
        http.Response.Headers.WWWAuthenticate.ToString().ShouldBe("Bearer");
        (await Text()).ShouldContain("A valid access token is needed");
        http.Response.Body = new MemoryStream();
        await handler.ForbidAsync(null);
        http.Response.StatusCode.ShouldBe(403);
        (await Text()).ShouldContain("does not meet the endpoint's authorization policy");
    }

    private string Token() =>
        service.Tokens.Issue(new Caller(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "User", new HashSet<string>()));

    private async Task<AuthenticateResult> Authenticate() => await (await Handler()).AuthenticateAsync();

    private async Task<BearerAuthentication> Handler()
    {
        var handler = new BearerAuthentication(
            services.GetRequiredService<IOptionsMonitor<AuthenticationSchemeOptions>>(),
            service.Tokens,
            service.States,
            new TenantContext(),
            service.Settings
        );
        await handler.InitializeAsync(new AuthenticationScheme("Bearer", null, typeof(BearerAuthentication)), http);
        return handler;
    }

    private async Task<string> Text()
    {
        http.Response.Body.Position = 0;
        return await new StreamReader(http.Response.Body).ReadToEndAsync();
    }
}
