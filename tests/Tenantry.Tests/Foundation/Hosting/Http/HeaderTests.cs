using Microsoft.AspNetCore.Routing;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>What every answer carries, and what browsers of other origins get.</summary>
public sealed class HeaderTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Theory]
    [InlineData("abc-123_X.y", true)]
    [InlineData("x", true)]
    [InlineData("", false)]
    [InlineData("with space", false)]
    [InlineData("-leading", false)]
    [InlineData("quote\"", false)]
    public async Task A_well_formed_request_id_comes_back_and_any_other_is_replaced(string id, bool isKept)
    {
        var answer = await service.At().Send(HttpMethod.Get, "/nowhere", null, ("X-Request-Id", id));

        (answer.Header("X-Request-Id") == id).ShouldBe(isKept);
        answer.Header("X-Request-Id").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_trace_continues_the_trace_id_of_the_caller()
    {
        var answer = await service
            .At()
            .Send(
                HttpMethod.Get,
                "/nowhere",
                null,
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            );

        answer.Text("trace_id").ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task Times_are_UTC()
    {
        var me = await (await service.At().NewUser()).Get("auth/me");

        me.Text("created_at").ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$");
    }

    [Fact]
    public async Task A_browser_is_answered_from_the_listed_origins_alone()
    {
        await using var open = await cluster.Start(
            service.Database,
            variables => variables["CORS_ALLOWED_ORIGINS"] = "https://app.example.com"
        );

        (await Preflight("https://app.example.com"))
            .Header("Access-Control-Allow-Origin")
            .ShouldBe("https://app.example.com");
        (await Preflight("https://evil.example")).Header("Access-Control-Allow-Origin").ShouldBeNull();
        // What a page may read of an answer, besides what every page may.
        var readable = (await open.At().Send(HttpMethod.Get, "auth/me", null, ("Origin", "https://app.example.com")))
            .Header("Access-Control-Expose-Headers")!
            .Split(',');
        new[] { "ETag", "Link", "Location", "Retry-After", "Deprecation", "Sunset" }.ShouldBeSubsetOf(readable);

        Task<Answer> Preflight(string origin) =>
            open.At()
                .Send(
                    HttpMethod.Options,
                    "auth/login",
                    null,
                    ("Origin", origin),
                    ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "content-type")
                );
    }

    /// <summary>
    /// A cache that kept the answer to one origin would give it to another: every answer says what it depends on, also
    /// one to nobody's origin.
    /// </summary>
    [Fact]
    public async Task Every_answer_says_that_it_depends_on_the_origin()
    {
        await using var open = await cluster.Start(
            service.Database,
            variables => variables["CORS_ALLOWED_ORIGINS"] = "https://app.example.com"
        );
        var paths = open
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != false
            )
            .Select(endpoint =>
                "/"
                + System.Text.RegularExpressions.Regex.Replace(
                    endpoint.RoutePattern.RawText!.TrimStart('/'),
                    @"\{[^}]*\}",
                    "019a8f3e-0000-7000-8000-000000000000"
                )
            )
            .Append("/nowhere")
            .Distinct()
            .ToList();
        paths.ShouldContain("/.well-known/jwks.json");
        paths.Count.ShouldBeGreaterThan(30);

        foreach (var path in paths)
        {
            foreach (var origin in new[] { null, "https://app.example.com", "https://evil.example" })
            {
                var answer = await open.At()
                    .Send(HttpMethod.Get, path, null, origin is null ? [] : [("Origin", origin)]);
                answer.Headers.Vary.ShouldContain("Origin", $"{path} to {origin}");
            }
        }
    }

    [Fact]
    public async Task X_Forwarded_For_is_accepted_from_trusted_proxies_only()
    {
        await using var behindProxy = await cluster.Start(variables => variables["TRUSTED_PROXIES"] = "127.0.0.0/8");

        await using var open = await cluster.Start(variables => variables.Remove("TRUSTED_PROXIES"));
        await SignIn(behindProxy);
        await SignIn(open);

        (
            await behindProxy.Ask<bool>(
                "SELECT bool_and(address = '203.0.113.7') FROM audit_events WHERE action = 'auth.login'"
            )
        ).ShouldBeTrue();
        (await open.Ask<long>("SELECT count(*) FROM audit_events WHERE address = '203.0.113.7'")).ShouldBe(0);

        static Task<Answer> SignIn(Service at) =>
            at.At()
                .Send(
                    HttpMethod.Post,
                    "auth/login",
                    System.Net.Http.Json.JsonContent.Create(new { email = "a@example.com", password = "x" }),
                    ("X-Forwarded-For", "203.0.113.7")
                );
    }
}
