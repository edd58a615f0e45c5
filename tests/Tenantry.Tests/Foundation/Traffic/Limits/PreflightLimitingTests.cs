using System.Net;
using Microsoft.AspNetCore.Http;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>Preflight requests, which are limited before the tenant is known.</summary>
public sealed class PreflightLimitingTests : IAsyncLifetime
{
    private readonly LimitsWithoutServers limiting = new();
    private int passed;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => limiting.DisposeAsync();

    [Fact]
    public async Task Preflights_have_a_limit_of_their_own()
    {
        var limits = limiting.With(LimitsWithoutServers.Rates with { Auth = 1 });
        var preflights = new PreflightLimiting(Next, limits);
        for (var i = 0; i < 10; i++)
            await preflights.Invoke(Preflight());
        passed.ShouldBe(10);

        var refused = Preflight();
        await preflights.Invoke(refused);

        passed.ShouldBe(10);
        refused.Response.StatusCode.ShouldBe(429);
        refused.Response.Headers.RetryAfter.ToString().ShouldBe("6");
        (await Text(refused)).ShouldContain("At most 10 preflight requests per minute are allowed (policy address).");
        foreach (
            var change in new Action<HttpRequest>[]
            {
                r => r.Method = "GET",
                r => r.Headers.Remove("Origin"),
                r => r.Headers.Remove("Access-Control-Request-Method"),
            }
        )
        {
            var other = Preflight();
            change(other.Request);
            await preflights.Invoke(other);
        }
        passed.ShouldBe(13, "only preflights are limited here");
        var elsewhere = Preflight();
        elsewhere.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.77");
        await preflights.Invoke(elsewhere);
        passed.ShouldBe(14);
    }

    private DefaultHttpContext Preflight()
    {
        var http = new DefaultHttpContext { RequestServices = limiting.Services };
        http.Response.Body = new MemoryStream();
        http.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        http.Request.Method = "OPTIONS";
        http.Request.Headers.Origin = "https://app.example";
        http.Request.Headers.AccessControlRequestMethod = "POST";
        return http;
    }

    private Task Next(HttpContext http)
    {
        passed++;
        return Task.CompletedTask;
    }

    private static async Task<string> Text(HttpContext http)
    {
        http.Response.Body.Position = 0;
        return await new StreamReader(http.Response.Body).ReadToEndAsync();
    }
}
