using System.Security.Cryptography;
using System.Text;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// Cookie mode for browsers (<c>X-Session-Mode: cookie</c>): the refresh token is stored in a cookie that scripts
/// cannot read. A browser sends cookies with requests of other sites, too, so a request must also send a CSRF token
/// that only a page of the application can read: a signed double-submit token, bound to the session (OWASP Cross-Site
/// Request Forgery Prevention).
/// </summary>
public sealed class SessionCookies(ServiceSettings settings)
{
    public const string ModeHeader = "X-Session-Mode";
    public const string Mode = "cookie";
    public const string CsrfHeader = "X-CSRF-Token";

    // __Secure-: browsers accept such a cookie over HTTPS only (or from localhost), so an attacker on the network
    // cannot plant one over plain HTTP.
    public const string RefreshCookie = "__Secure-tenantry_refresh";
    public const string DeviceCookie = "__Secure-tenantry_device";

    // __Host-: a subdomain cannot plant one either.
    public const string CsrfCookie = "__Host-tenantry_csrf";

    private const int MaxPerName = 5;

    private readonly byte[] key = settings.KeyFor("CSRF tokens");

    /// <summary>
    /// Moves the tokens that scripts must not read from the body into cookies, and adds the CSRF token.
    /// </summary>
    public TokenDocument Put(HttpContext http, TokenDocument tokens, Guid session)
    {
        var csrf = CsrfOf(session);
        var lifetime = TimeSpan.FromSeconds(tokens.RefreshExpiresIn);
        http.Response.Cookies.Append(RefreshCookie, tokens.RefreshToken!, Hidden(lifetime));
        http.Response.Cookies.Append(CsrfCookie, csrf, Readable(lifetime));
        if (tokens.DeviceToken is { } device)
            http.Response.Cookies.Append(DeviceCookie, device, Hidden(DeviceTokens.Lifetime));
        return tokens with { RefreshToken = null, DeviceToken = null, CsrfToken = csrf };
    }

    /// <summary>Deletes the cookies of the session. The device token stays.</summary>
    public void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(RefreshCookie, Hidden(null));
        http.Response.Cookies.Delete(CsrfCookie, Readable(null));
    }

    /// <summary>
    /// Deletes the cookies whose refresh token is unknown. Where there are several, another subdomain may have planted
    /// the unknown one: it must not sign the user out.
    /// </summary>
    public void ClearUnknown(HttpContext http)
    {
        if (Sent(http, RefreshCookie).Count == 1)
            Clear(http);
    }

    /// <summary>Whether both the header and a cookie of the request contain the CSRF token of the session.</summary>
    public bool HasCsrfToken(HttpContext http, Guid session)
    {
        var (header, expected) = (http.Request.Headers[CsrfHeader].ToString(), CsrfOf(session));
        return AreEqual(header, expected) & Sent(http, CsrfCookie).Exists(sent => AreEqual(sent, expected));
    }

    /// <summary>
    /// All cookies of a name, in the order of the request, five at most. There may be several: a subdomain can set one
    /// for the whole domain, and their order depends on paths and ages (RFC 6265, section 5.4). An attacker who plants
    /// a cookie must not keep the user signed out by it.
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
                    sent.Count < MaxPerName
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

    // The page reads this cookie and sends its value in the header.
    private static CookieOptions Readable(TimeSpan? lifetime) =>
        new()
        {
            Secure = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = lifetime,
        };

    private static bool AreEqual(string actual, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(actual), Encoding.UTF8.GetBytes(expected));
}
