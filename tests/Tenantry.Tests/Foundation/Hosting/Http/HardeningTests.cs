using System.Text.RegularExpressions;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Hosting.Http;

/// <summary>
/// What every answer tells a browser, what comes without TLS, and how much of anything a client may take.
/// </summary>
public sealed partial class HardeningTests(SharedService shared, Cluster cluster) : IClassFixture<SharedService>
{
    private static readonly (string Name, string Value) OverTls = ("X-Forwarded-Proto", "https");

    private readonly Service service = shared.Service;

    [Theory]
    [InlineData("/health")]
    [InlineData("/nowhere")]
    [InlineData("/api/v1/auth/me")]
    [InlineData("/problems")]
    [InlineData("/dev/mailbox")]
    [InlineData("/verify-email?token=x")]
    [InlineData("/swagger-ui/index.html")]
    [InlineData("/redoc/index.html")]
    [InlineData("/api-docs/openapi.json")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/metrics")]
    public async Task Every_answer_says_what_a_browser_must_not_do(string path)
    {
        var answer = await service.At().Get(path);

        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("X-Frame-Options").ShouldBe("DENY");
        answer.Header("Referrer-Policy").ShouldBe("no-referrer");
        answer.Header("Cross-Origin-Opener-Policy").ShouldBe("same-origin");
        answer.Header("Server").ShouldBeNull();
        answer.Header("X-Powered-By").ShouldBeNull();
        var policy = answer.Header("Content-Security-Policy")!;
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldContain("base-uri 'none'");
        policy.ShouldStartWith("default-src '");
        Regex.Match(policy, "script-src ([^;]*)").Value.ShouldNotContain("unsafe");
    }

    [Fact]
    public async Task What_the_API_says_stays_in_no_cache()
    {
        var user = await service.At().NewUser();

        (await user.Get("auth/me")).Header("Cache-Control").ShouldBe("no-store");
        (await user.Get("auth/nowhere")).Header("Cache-Control").ShouldBe("no-store");
        (await user.Get("/.well-known/jwks.json")).Header("Cache-Control").ShouldBe("public, max-age=300");
    }

    [Fact]
    public async Task A_page_lets_in_its_own_style_and_script_and_those_of_no_other_answer()
    {
        var (one, other) = (
            await service.At().Get("/reset-password?token=x"),
            await service.At().Get("/reset-password?token=x")
        );

        var nonces = Nonce().Matches(one.Text).Select(match => match.Groups[1].Value).Distinct().ToList();
        nonces.Count.ShouldBe(1);
        one.Header("Content-Security-Policy")!
            .ShouldContain($"style-src 'nonce-{nonces[0]}'; script-src 'nonce-{nonces[0]}'");
        other.Text.ShouldNotContain(nonces[0]);
    }

    [Fact]
    public async Task Without_TLS_a_page_is_led_on_a_program_is_refused_and_a_probe_is_answered()
    {
        await using var secure = await Secure();

        var page = await secure.At().Get("/problems/not_found?a=b");
        page.Status.ShouldBe(308);
        page.Header("Location").ShouldBe($"https://127.0.0.1/problems/not_found?a=b");
        (await secure.At().Post("auth/login", new { email = "a@example.com", password = "x" })).ShouldBeProblem(
            403,
            "https_required"
        );
        (await secure.At().Get("auth/me")).ShouldBeProblem(403, "https_required");
        (await secure.At().With("a.token.x").Get("/problems/not_found")).ShouldBeProblem(403, "https_required");
        (await secure.At().Get("/health/ready")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task HSTS_is_sent_over_TLS_and_includes_subdomains_only_for_the_hosts_of_the_service()
    {
        await using var secure = await Secure();

        (await Over("app.example.com"))
            .Header("Strict-Transport-Security")
            .ShouldBe("max-age=31536000; includeSubDomains");
        (await Over("acme.tenants.example"))
            .Header("Strict-Transport-Security")
            .ShouldBe("max-age=31536000; includeSubDomains");
        (await Over("shop.customer.example")).Header("Strict-Transport-Security").ShouldBe("max-age=31536000");
        (await secure.At().Get("/health")).Header("Strict-Transport-Security").ShouldBeNull();

        async Task<Answer> Over(string host)
        {
            var answer = await secure.At().Send(HttpMethod.Get, "/problems", null, OverTls, ("X-Forwarded-Host", host));
            answer.Status.ShouldBe(200);
            return answer;
        }
    }

    [Fact]
    public async Task That_it_was_TLS_is_believed_of_a_trusted_proxy_alone()
    {
        await using var secure = await Secure(variables => variables["TRUSTED_PROXIES"] = "192.0.2.1");

        (await secure.At().Send(HttpMethod.Get, "auth/me", null, OverTls)).ShouldBeProblem(403, "https_required");
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_ended_and_has_changed_nothing()
    {
        await using var own = await cluster.Start();
        var user = await own.At().NewUser();
        await using var hasty = await cluster.Start(
            own.Database,
            variables => variables["REQUEST_TIMEOUT_SECONDS"] = "1"
        );
        await using var holder = new Npgsql.NpgsqlConnection(cluster.AdminOf(hasty.Database).ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE users IN ACCESS EXCLUSIVE MODE", holder))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var answer = (await hasty.At().With(user.Token).Patch("auth/me", new { first_name = "Grace" })).ShouldBeProblem(
            503,
            "took_too_long"
        );

        answer.Header("Retry-After").ShouldBe("2");
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await user.Get("auth/me")).Text("first_name").ShouldBe("Ada");
    }

    [Fact]
    public async Task The_security_contact_is_published_in_security_txt_if_it_is_set()
    {
        await using var told = await cluster.Start(
            service.Database,
            variables => variables["SECURITY_CONTACT"] = "security@example.com"
        );

        var answer = await told.At().Get("/.well-known/security.txt");

        answer.ContentHeaders.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Text.ShouldContain("Contact: mailto:security@example.com\n");
        answer.Text.ShouldContain("Canonical: http://localhost:8000/.well-known/security.txt\n");
        var expires = DateTimeOffset.Parse(
            Regex.Match(answer.Text, "Expires: (.*)").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        expires.ShouldBeInRange(DateTimeOffset.UtcNow.AddDays(30), DateTimeOffset.UtcNow.AddDays(365)); // RFC 9116, section 2.5.5
        (await service.At().Get("/.well-known/security.txt")).ShouldBeProblem(404, "not_found");
    }

    private Task<Service> Secure(Action<Dictionary<string, string>>? change = null) =>
        cluster.Start(
            service.Database,
            variables =>
            {
                (variables["APP_ENV"], variables["APP_BASE_URL"], variables["BASE_DOMAIN"]) = (
                    "Production",
                    "https://app.example.com",
                    "tenants.example"
                );
                change?.Invoke(variables);
            }
        );

    [GeneratedRegex("nonce=\"([0-9a-f]{32})\"")]
    private static partial Regex Nonce();
}
