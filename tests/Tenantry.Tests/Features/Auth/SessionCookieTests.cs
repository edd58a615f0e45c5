using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Features.Auth;

/// <summary>
/// A browser keeps the refresh token where no script reads it, and a page of somebody else gets nothing out of that.
/// </summary>
public sealed class SessionCookieTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly Service service = shared.Service;

    [Fact]
    public async Task The_refresh_token_is_in_a_cookie_that_no_script_and_no_other_site_gets()
    {
        var answer = await SignIn();

        answer.Json["refresh_token"].ShouldBeNull();
        answer.Json["device_token"].ShouldBeNull();
        answer.Text.ShouldNotContain("tnr_");
        var refresh = Cookie(answer, "__Secure-tenantry_refresh");
        refresh.ShouldContain("=tnr_");
        foreach (var part in new[] { "secure", "httponly", "samesite=strict", "path=/api/v1/auth", "max-age=2592000" })
            refresh.ToLowerInvariant().ShouldContain(part);
        Cookie(answer, "__Secure-tenantry_device").ToLowerInvariant().ShouldContain("httponly");
        Cookie(answer, "__Host-tenantry_csrf").ToLowerInvariant().ShouldNotContain("httponly"); // the page reads it
    }

    [Fact]
    public async Task A_page_of_ours_refreshes_with_the_cookie_and_the_token()
    {
        var signedIn = await SignIn();

        var refreshed = await Send("auth/refresh", signedIn, signedIn.Text("csrf_token"));

        refreshed.Status.ShouldBe(200, refreshed.Text);
        refreshed.Json["refresh_token"].ShouldBeNull();
        Value(refreshed, "__Secure-tenantry_refresh").ShouldNotBe(Value(signedIn, "__Secure-tenantry_refresh"));
        refreshed.Text("csrf_token").ShouldBe(signedIn.Text("csrf_token")); // of the session, not of one token
        (await service.At().With(refreshed.Text("access_token")).Get("auth/me")).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("empty")]
    [InlineData("made up")]
    [InlineData("of another session")]
    [InlineData("planted in both")]
    public async Task Without_the_token_of_the_session_nothing_happens(string attack)
    {
        var (victim, attacker) = (await SignIn(), await SignIn());
        var csrf = attack switch
        {
            "none" => null,
            "empty" => "",
            "made up" => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            _ => attacker.Text("csrf_token"),
        };

        (await Send("auth/refresh", victim, csrf, cookie: attack == "planted in both" ? csrf : null)).ShouldBeProblem(
            403,
            "csrf_token_invalid"
        );
        (await Send("auth/logout", victim, csrf, cookie: attack == "planted in both" ? csrf : null)).ShouldBeProblem(
            403,
            "csrf_token_invalid"
        );
        (await Send("auth/refresh", victim, victim.Text("csrf_token"))).Status.ShouldBe(200); // still alive, and not rotated away
    }

    /// <summary>
    /// A subdomain can set a cookie of the same name for the whole domain; which of them a browser sends first depends
    /// on path and age (RFC 6265, 5.4).
    /// </summary>
    [Theory]
    [InlineData("nonsense")]
    [InlineData("of another session")]
    [InlineData("of another tenant")]
    [InlineData("of the same session, used up")]
    public async Task A_second_refresh_cookie_does_not_stand_in_the_way_of_the_first(string planted)
    {
        const string name = "__Secure-tenantry_refresh";
        foreach (var isFirst in new[] { true, false })
        {
            var signedIn = await SignIn();
            var csrf = signedIn.Text("csrf_token");
            var (own, other) = (Value(signedIn, name), "nonsense");
            if (planted == "of another session")
                other = Value(await SignIn(), name);
            if (planted == "of another tenant")
                other = (await service.NewTenant()).Admin.RefreshToken;
            if (planted == "of the same session, used up")
            {
                (other, own) = (own, Value(await Send("auth/refresh", signedIn, csrf), name));
                (other, own) = (own, Value(await WithCookies("auth/refresh", csrf, [own]), name)); // past the leeway of two tabs: the successor was used as well
            }

            var refreshed = await WithCookies("auth/refresh", csrf, isFirst ? [other, own] : [own, other]);

            refreshed.Status.ShouldBe(200, refreshed.Text);
            (
                await WithCookies(
                    "auth/refresh",
                    csrf,
                    [.. Enumerable.Range(0, 50).Select(i => $"planted-{i}"), Value(refreshed, name)]
                )
            ).ShouldBeProblem(401, "authentication_failed"); // not as many as somebody likes
            var access = refreshed.Text("access_token");
            (
                await WithCookies(
                    "auth/logout",
                    csrf,
                    isFirst ? [other, Value(refreshed, name)] : [Value(refreshed, name), other],
                    access
                )
            ).Status.ShouldBe(204);
            (await WithCookies("auth/refresh", csrf, [Value(refreshed, name)])).ShouldBeProblem(401, "token_revoked");
        }

        Task<Answer> WithCookies(string path, string csrf, string[] tokens, string? access = null) =>
            service
                .At()
                .With(access)
                .Send(
                    HttpMethod.Post,
                    path,
                    null,
                    (
                        "Cookie",
                        string.Join(
                            "; ",
                            tokens.Select(token => $"{name}={token}").Append($"__Host-tenantry_csrf={csrf}")
                        )
                    ),
                    ("X-CSRF-Token", csrf)
                );
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_takes_the_cookies_away()
    {
        var signedIn = await SignIn();

        var answer = await Send("auth/logout", signedIn, signedIn.Text("csrf_token"));

        answer.Status.ShouldBe(204, answer.Text);
        foreach (var name in new[] { "__Secure-tenantry_refresh", "__Host-tenantry_csrf" })
            Cookie(answer, name).ShouldContain("expires=Thu, 01 Jan 1970");
        (await Send("auth/refresh", signedIn, signedIn.Text("csrf_token"))).ShouldBeProblem(401, "token_revoked");
    }

    [Fact]
    public async Task The_cookie_alone_signs_out_and_a_refused_refresh_takes_it_away()
    {
        var signedIn = await SignIn();
        var csrf = signedIn.Text("csrf_token");

        foreach (var (path, status) in new[] { ("auth/logout", 204), ("auth/logout", 204), ("auth/refresh", 401) })
        {
            var answer = await SendWithoutAccess(path, signedIn, csrf);
            answer.Status.ShouldBe(status, answer.Text);
            foreach (var name in new[] { "__Secure-tenantry_refresh", "__Host-tenantry_csrf" })
                Cookie(answer, name).ShouldContain("expires=Thu, 01 Jan 1970");
        }
        (await service.At().With(signedIn.Text("access_token")).Get("auth/me")).ShouldBeProblem(401, "token_revoked");
    }

    [Theory]
    [InlineData("auth/logout")]
    [InlineData("auth/refresh")]
    public async Task A_cookie_that_is_no_token_is_taken_away(string path)
    {
        var answer = await service
            .At()
            .Send(HttpMethod.Post, path, null, ("Cookie", "__Secure-tenantry_refresh=nonsense"));

        answer.ShouldBeProblem(401, "authentication_failed");
        Cookie(answer, "__Secure-tenantry_refresh").ShouldContain("expires=Thu, 01 Jan 1970");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Another_site_signs_nobody_out_by_the_cookie_alone(string? csrf)
    {
        var signedIn = await SignIn();

        var answer = await SendWithoutAccess("auth/logout", signedIn, csrf);

        answer.ShouldBeProblem(403, "csrf_token_invalid");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await Send("auth/refresh", signedIn, signedIn.Text("csrf_token"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_token_in_the_body_needs_no_CSRF_token()
    {
        var user = await service.At().NewUser();

        (await service.At().Post("auth/refresh", new { refresh_token = user.RefreshToken })).Status.ShouldBe(200);
        (await user.Post("auth/logout")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task A_refresh_without_body_or_cookie_is_refused_with_the_field_refresh_token()
    {
        (await service.At().Post("auth/refresh"))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("refresh_token");
        (await service.At().Post("auth/refresh", new { }))
            .ShouldBeProblem(400, "validation_failed")
            .ShouldNameField("refresh_token");
    }

    [Fact]
    public async Task Another_mode_is_refused()
    {
        var answer = await service
            .At()
            .Send(
                HttpMethod.Post,
                "auth/login",
                System.Net.Http.Json.JsonContent.Create(new { email = "a@example.com", password = "x" }),
                ("X-Session-Mode", "cookies")
            );

        answer.ShouldBeProblem(400, "validation_failed").ShouldNameField("X-Session-Mode");
    }

    [Fact]
    public async Task The_device_is_known_by_its_cookie_also_beside_a_planted_one()
    {
        var signedIn = await SignIn("cookie-device@example.com");
        for (var i = 0; i < 6; i++)
            await service
                .At()
                .From("10.7.0.1")
                .Post("auth/login", new { email = "cookie-device@example.com", password = "wrong password" });

        var answer = await service
            .At()
            .From("10.7.0.1")
            .Send(
                HttpMethod.Post,
                "auth/login",
                System.Net.Http.Json.JsonContent.Create(
                    new { email = "cookie-device@example.com", password = Service.Password }
                ),
                (
                    "Cookie",
                    $"__Secure-tenantry_device=planted; __Secure-tenantry_device={Value(signedIn, "__Secure-tenantry_device")}; __Secure-tenantry_device=planted"
                )
            );

        answer.Status.ShouldBe(200, answer.Text);
    }

    private async Task<Answer> SignIn(string? email = null)
    {
        email ??= $"{Guid.NewGuid():N}@example.com";
        await service.At().NewUser(email);
        var answer = await service
            .At()
            .Send(
                HttpMethod.Post,
                "auth/login",
                System.Net.Http.Json.JsonContent.Create(new { email, password = Service.Password }),
                ("X-Session-Mode", "cookie")
            );
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }

    private Task<Answer> SendWithoutAccess(string path, Answer signedIn, string? csrf) =>
        Send(path, signedIn, csrf, cookie: null, access: null);

    private Task<Answer> Send(string path, Answer signedIn, string? csrf, string? cookie = null) =>
        Send(path, signedIn, csrf, cookie, path == "auth/logout" ? signedIn.Text("access_token") : null);

    /// <summary>As a browser sends it: all cookies along, the header only where a page says it.</summary>
    private Task<Answer> Send(string path, Answer signedIn, string? csrf, string? cookie, string? access)
    {
        var cookies =
            $"__Secure-tenantry_refresh={Value(signedIn, "__Secure-tenantry_refresh")}; __Host-tenantry_csrf={cookie ?? signedIn.Text("csrf_token")}";
        (string, string)[] headers = csrf is null
            ? [("Cookie", cookies)]
            : [("Cookie", cookies), ("X-CSRF-Token", csrf)];
        return service.At().With(access).Send(HttpMethod.Post, path, null, headers);
    }

    private static string Cookie(Answer answer, string name) =>
        answer.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith(name + "=", StringComparison.Ordinal));

    private static string Value(Answer answer, string name) => Cookie(answer, name).Split(';')[0][(name.Length + 1)..];
}
