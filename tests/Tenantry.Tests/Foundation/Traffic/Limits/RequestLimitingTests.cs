using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>What a request is counted as, and what its response states.</summary>
public sealed class RequestLimitingTests : IAsyncLifetime
{
    private static readonly RateLimitSettings Rates = LimitsWithoutServers.Rates;

    private static readonly ResolvedTenant Acme = LimitsWithoutServers.Tenant(SubscriptionTier.Free);

    private readonly LimitsWithoutServers limiting = new();
    private int passed;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => limiting.DisposeAsync();

    [Fact]
    public async Task A_request_is_counted_by_its_caller_and_its_endpoint()
    {
        var limits = Limits(Rates);

        (await Headers(limits, new Call())).ShouldBe("address 59");
        (await Headers(limits, new Call { Tenant = true })).ShouldBe("address 58");
        (await Headers(limits, new Call { Tenant = true, Caller = true })).ShouldBe("tenant 9");
        (
            await Headers(
                limits,
                new Call
                {
                    Tenant = true,
                    Caller = true,
                    Cost = 3,
                }
            )
        ).ShouldBe("tenant 6");
        (
            await Headers(
                limits,
                new Call
                {
                    Tenant = true,
                    Caller = true,
                    IsSignIn = true,
                }
            )
        ).ShouldBe("address 5");
        (await Headers(limits, new Call { IsSignIn = true, Address = "10.0.0.2" })).ShouldBe("address 5");
        passed.ShouldBe(6);
    }

    [Theory]
    [InlineData("""{"email":"a@example.com"}""", """{ "password": "x", "email" : " A@Example.com " }""", true)]
    [InlineData("""{"email":"a@example.com"}""", """{"email":"b@example.com"}""", false)]
    [InlineData("not JSON", "{also not", true)]
    [InlineData("not JSON", """{"email":"a@example.com"}""", false)]
    [InlineData("""{"a":{"email":"a@example.com"}}""", """{"email":"a@example.com"}""", false)]
    public async Task A_sign_in_is_limited_by_the_account_of_its_body(string one, string other, bool isSame)
    {
        var limits = Limits(Rates with { Auth = 100 });

        var first = await Headers(limits, new Call { IsSignIn = true, Body = one });
        var second = await Headers(limits, new Call { IsSignIn = true, Body = other });

        (first is "account 32" && second is "account 31").ShouldBe(isSame, $"{first}, {second}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"email":5}""")]
    [InlineData("""{"user":{"email":"a@example.com"}}""")]
    public async Task A_sign_in_that_names_no_account_is_limited_by_address_alone(string body) =>
        (await Headers(Limits(Rates), new Call { IsSignIn = true, Body = body })).ShouldBe("address 5");

    [Fact]
    public async Task Bodies_that_are_too_long_are_one_account_and_the_handler_reads_all_of_a_body()
    {
        var limits = Limits(Rates with { Auth = 100 });
        var longBody = "{\"x\":\"" + new string('x', 17_000) + "\",\"email\":\"a@example.com\"}";

        (
            await Headers(
                limits,
                new Call
                {
                    IsSignIn = true,
                    Body = longBody,
                    HasLength = true,
                }
            )
        ).ShouldBe("account 32");
        (await Headers(limits, new Call { IsSignIn = true, Body = "not JSON" })).ShouldBe("account 31");
        (
            await Headers(
                limits,
                new Call
                {
                    IsSignIn = true,
                    Body = """{"email":"a@example.com"}""",
                    Read = true,
                }
            )
        ).ShouldBe("""{"email":"a@example.com"}""");
    }

    [Fact]
    public async Task An_account_of_another_tenant_or_address_is_another_account()
    {
        var limits = Limits(Rates with { Auth = 100 });
        const string body = """{"email":"a@example.com"}""";

        (await Headers(limits, new Call { IsSignIn = true, Body = body })).ShouldBe("account 32");
        (
            await Headers(
                limits,
                new Call
                {
                    IsSignIn = true,
                    Body = body,
                    Tenant = true,
                }
            )
        ).ShouldBe("account 32");
        (
            await Headers(
                limits,
                new Call
                {
                    IsSignIn = true,
                    Body = body,
                    Address = "10.9.9.9",
                }
            )
        ).ShouldBe("account 32");
        (await Headers(limits, new Call { IsSignIn = true, Body = body })).ShouldBe("account 31");
    }

    [Fact]
    public async Task A_refused_request_does_not_go_on_and_its_headers_say_when_to_return()
    {
        var limits = Limits(Rates);
        var call = new Call
        {
            Tenant = true,
            Caller = true,
            Cost = 10,
        };

        var full = await Send(limits, call);
        var refused = await Send(limits, call with { Cost = 1 });

        passed.ShouldBe(1);
        (full.Status, refused.Status).ShouldBe((200, 429));
        full.Headers["RateLimit"].ToString().ShouldBe("\"tenant\";r=0;t=60");
        full.Headers["RateLimit-Policy"].ToString().ShouldBe("\"tenant\";q=10;w=60");
        full.Headers["X-RateLimit-Limit"].ToString().ShouldBe("10");
        full.Headers["X-RateLimit-Reset"].ToString().ShouldBe(Unix(60));
        refused.Headers["RateLimit"].ToString().ShouldBe("\"tenant\";r=0;t=6");
        refused.Headers["X-RateLimit-Remaining"].ToString().ShouldBe("0");
        refused.Headers.RetryAfter.ToString().ShouldBe("6");
        refused.Text.ShouldContain("At most 10 requests per minute are allowed (policy tenant).");
        limiting.Clock.Advance(TimeSpan.FromSeconds(6.5));
        (await Send(limits, call with { Cost = 1 })).Headers["X-RateLimit-Reset"].ToString().ShouldBe(Unix(66));
        (await Send(Limits(RateLimitSettings.Off), call)).Headers.ContainsKey("RateLimit").ShouldBeFalse();

        static string Unix(int seconds) =>
            new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero)
                .AddSeconds(seconds)
                .ToUnixTimeSeconds()
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_time_of_a_full_bucket_is_rounded_up_to_a_second()
    {
        limiting.Clock.Advance(TimeSpan.FromSeconds(0.25));

        var sent = await Send(Limits(Rates), new Call { Tenant = true, Caller = true });

        var start = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        sent.Headers["X-RateLimit-Reset"].ToString().ShouldBe($"{start + 7}");
        sent.Headers["RateLimit"].ToString().ShouldBe("\"tenant\";r=9;t=6");
    }

    private async Task<string> Headers(RateLimits limits, Call call)
    {
        var answer = await Send(limits, call);
        if (call.Read)
            return answer.BodyThatTheHandlerRead;
        var rate = answer.Headers["RateLimit"].ToString();
        return $"{rate[1..rate.LastIndexOf('"')]} {answer.Headers["X-RateLimit-Remaining"]}";
    }

    private async Task<Sent> Send(RateLimits limits, Call call)
    {
        var context = new TenantContext();
        if (call.Tenant)
            context.Set(
                Acme,
                call.Caller ? new Caller(Acme.Id, Guid.NewGuid(), Guid.NewGuid(), "User", new HashSet<string>()) : null,
                isNamed: true
            );
        var http = Http(call);
        var read = "";
        RequestDelegate next = async one =>
        {
            await Next(one);
            read = await new StreamReader(one.Request.BodyReader.AsStream()).ReadToEndAsync();
        };
        await new RateLimiting(next, limits, limiting.Clock).Invoke(http, context);
        await ((Started)http.Features.Get<IHttpResponseFeature>()!).Start();
        return new Sent(http.Response.StatusCode, http.Response.Headers, Read(http), read);
    }

    private DefaultHttpContext Http(Call call)
    {
        var http = new DefaultHttpContext { RequestServices = limiting.Services };
        http.Features.Set<IHttpResponseFeature>(new Started());
        http.Response.Body = new MemoryStream();
        http.Connection.RemoteIpAddress = IPAddress.Parse(call.Address);
        var body = Encoding.UTF8.GetBytes(call.Body);
        http.Request.Body = new MemoryStream(body);
        if (call.HasLength)
            http.Request.ContentLength = body.Length;
        List<object> metadata = [];
        if (call.Cost is { } cost)
            metadata.Add(new CostOf(cost));
        if (call.IsSignIn)
            metadata.Add(new LimitedBy(Rate.SignIn));
        http.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(metadata), "test"));
        return http;
    }

    private Task Next(HttpContext http)
    {
        passed++;
        return Task.CompletedTask;
    }

    private static string Read(HttpContext http)
    {
        http.Response.Body.Position = 0;
        return new StreamReader(http.Response.Body).ReadToEnd();
    }

    private RateLimits Limits(RateLimitSettings rates) => limiting.With(rates);

    private sealed record Sent(int Status, IHeaderDictionary Headers, string Text, string BodyThatTheHandlerRead);

    private sealed record Call
    {
        public bool Tenant { get; init; }
        public bool Caller { get; init; }
        public int? Cost { get; init; }
        public bool IsSignIn { get; init; }
        public string Address { get; init; } = "10.0.0.1";
        public string Body { get; init; } = "";
        public bool HasLength { get; init; }
        public bool Read { get; init; }
    }

    /// <summary>A response that calls what waits for its start.</summary>
    private sealed class Started : HttpResponseFeature
    {
        private readonly List<Func<Task>> callbacks = [];

        public override void OnStarting(Func<object, Task> callback, object state) =>
            callbacks.Add(() => callback(state));

        public async Task Start()
        {
            foreach (var callback in callbacks)
                await callback();
        }
    }
}
