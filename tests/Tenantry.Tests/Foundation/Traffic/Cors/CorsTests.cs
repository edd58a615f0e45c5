using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Cors;

/// <summary>A page of an allowed origin may read every answer, refusals included.</summary>
public sealed class CorsTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task A_page_may_read_that_its_tenant_is_deactivated()
    {
        var (slug, id, admin) = await service.NewTenant();
        var origin = await Allow(id, admin, $"https://{slug}.test");
        (
            await (await service.Platform()).Put(
                $"tenants/{id}",
                new
                {
                    name = "Off",
                    is_active = false,
                    allowed_origins = new[] { origin },
                }
            )
        ).Status.ShouldBe(200);

        // With the header, and with a token alone, which does not name the tenant before it is verified.
        foreach (var caller in new[] { service.At(slug), service.At().With(admin.Token!) })
        {
            var answer = await caller.Send(HttpMethod.Get, "auth/me", null, ("Origin", origin));
            answer.Status.ShouldBeOneOf(401, 404);
            answer.Header("Access-Control-Allow-Origin").ShouldBe(origin, answer.Text);
        }
        (
            await service.At().With(admin.Token!).Send(HttpMethod.Get, "auth/me", null, ("Origin", origin))
        ).ShouldBeProblem(404, "tenant_not_found");
        (
            await service
                .At()
                .Send(HttpMethod.Options, "auth/me", null, ("Origin", origin), ("Access-Control-Request-Method", "GET"))
        )
            .Header("Access-Control-Allow-Origin")
            .ShouldBe(origin);
    }

    [Theory]
    [InlineData("/.well-known/jwks.json", 200)]
    [InlineData("/.well-known/openid-configuration", 200)]
    [InlineData("/api-docs/openapi.json", 200)]
    [InlineData("/problems/not_found", 200)]
    [InlineData("/nowhere", 404)]
    [InlineData("/api/v1/nowhere", 404)]
    [InlineData("/api/v1/auth/me?nonsense=1", 401)]
    public async Task Documents_and_unknown_paths_are_readable_too(string path, int status)
    {
        var (slug, id, admin) = await service.NewTenant();
        var origin = await Allow(id, admin, $"https://{slug}.test");

        var answer = await service.At().Send(HttpMethod.Get, path, null, ("Origin", origin));

        answer.Status.ShouldBe(status);
        answer.Header("Access-Control-Allow-Origin").ShouldBe(origin);
        (await service.At().Send(HttpMethod.Get, path, null, ("Origin", "https://evil.test")))
            .Header("Access-Control-Allow-Origin")
            .ShouldBeNull();
    }

    [Fact]
    public async Task A_page_may_read_that_it_names_a_tenant_that_does_not_exist()
    {
        var (slug, id, admin) = await service.NewTenant();
        var origin = await Allow(id, admin, $"https://{slug}.test");

        var answer = await service
            .At("no-such-tenant")
            .Send(
                HttpMethod.Post,
                "auth/login",
                System.Net.Http.Json.JsonContent.Create(new { email = "a@example.com", password = "x" }),
                ("Origin", origin)
            );

        answer.ShouldBeProblem(404, "tenant_not_found").Header("Access-Control-Allow-Origin").ShouldBe(origin);
    }

    [Fact]
    public async Task A_page_may_read_that_HTTPS_is_required()
    {
        await using var secure = await cluster.Start(
            service.Database,
            variables =>
            {
                variables["HTTPS_REQUIRED"] = "true";
                variables["CORS_ALLOWED_ORIGINS"] = "https://app.example.com";
            }
        );

        (await secure.At().Send(HttpMethod.Get, "auth/me", null, ("Origin", "https://app.example.com")))
            .ShouldBeProblem(403, "https_required")
            .Header("Access-Control-Allow-Origin")
            .ShouldBe("https://app.example.com");
    }

    [Fact]
    public async Task Documents_are_served_to_other_origins_while_the_database_is_away()
    {
        await using var lonely = await cluster.Start();
        await Cluster.Execute(
            cluster.Admin,
            $"ALTER DATABASE {lonely.Database} CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{lonely.Database}'"
        );

        (
            await lonely.At().Send(HttpMethod.Get, "/problems/not_found", null, ("Origin", "https://any.test"))
        ).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_origin_in_Unicode_is_stored_as_browsers_send_it()
    {
        var (slug, id, admin) = await service.NewTenant();

        var changed = await admin.Put(
            $"tenants/{id}",
            new
            {
                name = "N",
                allowed_origins = new[]
                {
                    $"https://Bücher-{slug}.example",
                    $"https://{new System.Globalization.IdnMapping().GetAscii($"bücher-{slug}")}.example",
                    "http://[::1]:8100",
                },
            }
        );

        changed.Status.ShouldBe(200, changed.Text);
        var stored = changed.Json["allowed_origins"]!.AsArray().Select(origin => origin!.GetValue<string>()).ToList();
        stored.Count.ShouldBe(2); // both spellings are one origin
        stored[0].ShouldStartWith("https://xn--bcher-");
        stored[^1].ShouldBe("http://[::1]:8100");
        (await service.At(slug).Send(HttpMethod.Get, "auth/me", null, ("Origin", stored[0])))
            .Header("Access-Control-Allow-Origin")
            .ShouldBe(stored[0]);
    }

    [Fact]
    public async Task A_refused_origin_is_named_with_the_reason()
    {
        var (_, id, admin) = await service.NewTenant();

        var answer = (
            await admin.Put(
                $"tenants/{id}",
                new { name = "N", allowed_origins = new[] { "https://good.example", "https://bad.example/path", "*" } }
            )
        ).ShouldBeProblem(400, "validation_failed");

        var message = answer.Json["errors"]!["allowed_origins"]![0]!.GetValue<string>();
        message.ShouldContain("'https://bad.example/path' must end after the host and port");
        message.ShouldContain("'*' must be one origin");
        message.ShouldNotContain("good.example");
    }

    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("HTTPS://App.Example.COM", "https://app.example.com")]
    [InlineData("http://localhost:8100", "http://localhost:8100")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443")]
    [InlineData("http://127.0.0.1:3000", "http://127.0.0.1:3000")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    public void An_origin_is_written_as_browsers_send_it(string text, string origin)
    {
        BrowserOrigin.Fault(text).ShouldBeNull();
        BrowserOrigin.Normalized(text).ShouldBe(origin);
    }

    [Theory]
    [InlineData("*", "must be one origin")]
    [InlineData("", "must begin with https:// or http://")]
    [InlineData("null", "must begin with https:// or http://")]
    [InlineData("app.example.com", "must begin with https:// or http://")]
    [InlineData("ftp://app.example.com", "must begin with https:// or http://")]
    [InlineData("https://app.example.com/", "must end after the host and port")]
    [InlineData("https://app.example.com?x", "must end after the host and port")]
    [InlineData("https://user@app.example.com", "must not contain a user name")]
    [InlineData("https://app.example.com:443", "must not contain the default port 443")]
    [InlineData("http://app.example.com:80", "must not contain the default port 80")]
    [InlineData("https://", "must have a valid host")]
    [InlineData("https://*.example.com", "must have a valid host")]
    [InlineData("https://app example.com", "must have a valid host")]
    [InlineData(" https://app.example.com", "must begin with https:// or http://")]
    [InlineData("https://app.example.com:99999", "must have a valid host")]
    [InlineData("https://%61pp.example.com", "must have a valid host")]
    public void A_text_that_is_no_origin_is_refused_with_the_reason(string text, string fault) =>
        BrowserOrigin.Fault(text)!.ShouldStartWith(fault);

    private static async Task<string> Allow(Guid tenant, Visitor admin, string origin)
    {
        (
            await admin.Put($"tenants/{tenant}", new { name = "Acme", allowed_origins = new[] { origin } })
        ).Status.ShouldBe(200);
        return origin;
    }
}
