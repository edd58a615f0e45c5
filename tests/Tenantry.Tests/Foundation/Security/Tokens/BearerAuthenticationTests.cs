using System.Security.Claims;
using Tenantry.Commands;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Security.Tokens;

/// <summary>
/// What an application that is built on Tenantry relies on: <c>HttpContext.User</c> and the authorization of ASP.NET
/// Core work on its own endpoints, and refuse with the same problem documents.
/// </summary>
public sealed class BearerAuthenticationTests(BearerAuthenticationTests.Application application)
    : IClassFixture<BearerAuthenticationTests.Application>
{
    private readonly Service service = application.Service;

    [Theory]
    [InlineData(null)]
    [InlineData("not.a.token")]
    public async Task RequireAuthorization_refuses_a_request_without_a_valid_token(string? token)
    {
        var answer = await Own(token).Get("who");

        answer.ShouldBeProblem(401, "authentication_failed");
        answer.Header("WWW-Authenticate").ShouldBe("Bearer");
    }

    [Fact]
    public async Task HttpContext_User_has_the_claims_of_the_token()
    {
        var (slug, tenant, admin) = await service.NewTenant();
        var me = (await admin.Get("auth/me")).Json["id"]!.GetValue<string>();

        var answer = await Own(admin.Token).Get("who");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["authentication_type"]!.GetValue<string>().ShouldBe("Bearer");
        answer.Json["name"]!.GetValue<string>().ShouldBe(me);
        answer.Json["is_admin"]!.GetValue<bool>().ShouldBeTrue();
        var claims = answer.Json["claims"]!;
        claims["sub"]!.GetValue<string>().ShouldBe(me);
        claims["tenant_id"]!.GetValue<Guid>().ShouldBe(tenant);
        claims["role"]!.GetValue<string>().ShouldBe("Admin");
        claims["sid"]!
            .GetValue<Guid>()
            .ShouldBe(await service.Ask<Guid>($"SELECT id FROM sessions WHERE user_id = '{me}'"));
        claims.AsObject().Count.ShouldBe(4, slug);
    }

    [Fact]
    public async Task RequireAuthorization_refuses_a_revoked_token()
    {
        var user = await service.At().NewUser();
        (await Own(user.Token).Get("who")).Status.ShouldBe(200);

        (await user.Post("auth/logout")).Status.ShouldBe(204);

        var answer = await Own(user.Token).Get("who");
        answer.ShouldBeProblem(401, "token_revoked");
        answer.Header("WWW-Authenticate").ShouldBe("Bearer error=\"invalid_token\"");
    }

    [Fact]
    public async Task The_role_claim_is_the_role_that_the_database_has_now()
    {
        var (slug, _, admin) = await service.NewTenant();
        var (id, _, user) = await service.Joined(admin, slug, "User");
        (await Own(user.Token).Get("admins")).ShouldBeProblem(403, "permission_denied");
        var roles = (await admin.Get("roles")).Json["items"]!.AsArray();
        var role = roles.Single(one => one!["name"]!.GetValue<string>() == "Admin")!["id"]!.GetValue<string>();

        (await admin.Post($"users/{id}/roles", new { role_id = role })).Status.ShouldBeLessThan(300);

        (await Own(user.Token).Get("admins")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_policy_answers_401_to_a_request_without_a_token() =>
        (await Own(null).Get("admins")).ShouldBeProblem(401, "authentication_failed");

    [Fact]
    public async Task An_endpoint_that_needs_no_caller_does_not_report_an_invalid_token()
    {
        var answer = await Own("not.a.token").Get("anyone");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["authentication_type"].ShouldBeNull();
    }

    [Fact]
    public async Task No_token_is_verified_outside_the_API()
    {
        var user = await service.At().NewUser();

        (await Own(user.Token).Get("/outside")).Json["authentication_type"].ShouldBeNull();
    }

    /// <summary>A client of endpoints that the OpenAPI document of the product does not list.</summary>
    private Visitor Own(string? token) => new(application.Client, tenant: null, token);

    /// <summary>A service with endpoints of its own.</summary>
    public sealed class Application(Cluster cluster) : IAsyncLifetime
    {
        private Service? service;

        public Service Service => service!;

        public HttpClient Client { get; } = new();

        public async ValueTask InitializeAsync()
        {
            var database = await cluster.NewDatabase();
            var settings = ServiceSettings.Read(cluster.Variables(database)) with
            {
                PasswordCost = new Argon2Cost(256, 1),
            };
            var app = Program.Build(settings);
            const string reason = "a test: ASP.NET Core decides";
            app.MapGet("/api/v1/who", Who).Anonymous(reason).RequireAuthorization();
            app.MapGet("/api/v1/admins", Who)
                .Anonymous(reason)
                .RequireAuthorization(policy => policy.RequireRole("Admin"));
            app.MapGet("/api/v1/anyone", Who).Anonymous(reason);
            app.MapGet("/outside", Who).Public(reason);
            await ServeCommand.Prepare(app, TestContext.Current.CancellationToken);
            await app.StartAsync();
            service = new Service(cluster, database, settings, app);
            Client.BaseAddress = service.Url;
            await service.Hears();
        }

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            return service?.DisposeAsync() ?? ValueTask.CompletedTask;
        }

        private static Shown Who(ClaimsPrincipal user) =>
            new(
                user.Identity?.AuthenticationType,
                user.Identity?.Name,
                user.IsInRole("Admin"),
                user.Claims.ToDictionary(claim => claim.Type, claim => claim.Value)
            );

        private sealed record Shown(
            string? AuthenticationType,
            string? Name,
            bool IsAdmin,
            Dictionary<string, string> Claims
        );
    }
}
