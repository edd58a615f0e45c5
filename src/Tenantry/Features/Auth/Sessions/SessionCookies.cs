using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// Sessions of browsers that ask for it (<c>X-Session-Mode: cookie</c>): the refresh token lives in a cookie that no script can read. A cookie
/// comes along by itself, so whoever uses it must also say a token that only a page of ours can know: double submit, signed for the session
/// (OWASP Cross-Site Request Forgery Prevention).
/// </summary>
public sealed class SessionCookies(ServiceSettings settings)
{
    public const string ModeHeader = "X-Session-Mode";
    public const string Mode = "cookie";
    public const string CsrfHeader = "X-CSRF-Token";

    // __Secure-: a browser takes such a cookie over HTTPS only (or from localhost), so nobody plants one from elsewhere.
    public const string RefreshCookie = "__Secure-tenantry_refresh";
    public const string DeviceCookie = "__Secure-tenantry_device";

    // __Host-: nor from a subdomain of ours.
    public const string CsrfCookie = "__Host-tenantry_csrf";

    private const int MostOfOneName = 5;

    private readonly byte[] key = settings.KeyFor("CSRF tokens");

    /// <summary>Puts what a script must not read into cookies, and the answer's other half into its body.</summary>
    public TokenAnswer Put(HttpContext http, TokenAnswer answer, Guid session)
    {
        var csrf = CsrfOf(session);
        var lifetime = TimeSpan.FromSeconds(answer.RefreshExpiresIn);
        http.Response.Cookies.Append(RefreshCookie, answer.RefreshToken!, Hidden(lifetime));
        http.Response.Cookies.Append(CsrfCookie, csrf, Readable(lifetime));
        if (answer.DeviceToken is { } device)
            http.Response.Cookies.Append(DeviceCookie, device, Hidden(DeviceTokens.Lifetime));
        return answer with { RefreshToken = null, DeviceToken = null, CsrfToken = csrf };
    }

    /// <summary>The device stays known.</summary>
    public void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(RefreshCookie, Hidden(null));
        http.Response.Cookies.Delete(CsrfCookie, Readable(null));
    }

    /// <summary>Whether the request says, in header and cookie, the token of this session.</summary>
    public bool IsFromOurPage(HttpContext http, Guid session)
    {
        var (said, expected) = (http.Request.Headers[CsrfHeader].ToString(), CsrfOf(session));
        return AreEqual(said, expected) & Sent(http, CsrfCookie).Exists(sent => AreEqual(sent, expected));
    }

    /// <summary>
    /// Every cookie of a name, in the order in which they came, five at most. There may be several: a subdomain can set one for the whole domain, and which of them a browser sends first depends
    /// on their paths and ages (RFC 6265, 5.4). Whoever can plant one is not to keep anybody signed out by it.
    /// </summary>
    public static List<string> Sent(HttpContext http, string name)
    {
        var sent = new List<string>(1);
        foreach (var header in http.Request.Headers.Cookie)
        {
            foreach (var part in header.AsSpan().Split(';'))
            {
                var cookie = header.AsSpan()[part].Trim();
                if (
                    sent.Count < MostOfOneName
                    && cookie.Length > name.Length
                    && cookie[name.Length] == '='
                    && cookie.StartsWith(name, StringComparison.Ordinal)
                )
                    sent.Add(cookie[(name.Length + 1)..].ToString());
            }
        }
        return sent;
    }

    private string CsrfOf(Guid session) => TokenText.Write(HMACSHA256.HashData(key, session.ToByteArray()));

    private CookieOptions Hidden(TimeSpan? lifetime) =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Path = settings.ApiPath + "/auth",
            MaxAge = lifetime,
        };

    // The page reads it and says it in the header.
    private static CookieOptions Readable(TimeSpan? lifetime) =>
        new()
        {
            Secure = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = lifetime,
        };

    private static bool AreEqual(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
