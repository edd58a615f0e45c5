using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// What every answer carries: its id, and what a browser must not do with it. An endpoint that says something else of its answer is believed: a page lets its own style in, the key set may be kept.
/// Set when the answer starts, since what turns an exception into a problem begins with clearing the headers.
/// </summary>
public static partial class AnswerHeaders
{
    /// <summary>The caller's own when it is well-formed, else a new one.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>An answer of the API is no page: should a browser show it as one, nothing in it runs, loads or is framed.</summary>
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void UseAnswerHeaders(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(
            (http, next) =>
            {
                var given = http.Request.Headers[RequestId].ToString();
                // Anything else could forge lines in a log that prints it.
                var id = given.Length > 0 && WellFormed().IsMatch(given) ? given : NewId();
                http.Response.OnStarting(
                    static state =>
                    {
                        Add((Answer)state);
                        return Task.CompletedTask;
                    },
                    new Answer(http, id, settings, drain)
                );
                return next(http);
            }
        );
    }

    /// <summary>As unlike any other as a UUID, and no secret: it need not come from the system's secure source, which is asked by a call.</summary>
    private static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static void Add(Answer answer)
    {
        var (http, id, settings, drain) = answer;
        var headers = http.Response.Headers;
        headers[RequestId] = id;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // for browsers that do not know frame-ancestors
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin"); // with CORS, others still read what they may
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Content-Security-Policy", NoPage);
        // Whatever the API says is of somebody: it stays in no cache unless it says so itself.
        headers.TryAdd("Cache-Control", "no-store");
        // Which origin may read the answer is in the answer: a cache keeps one for each, also where nobody's origin was asked for.
        if (headers.Vary.Count == 0)
            headers.Vary = "Origin";
        else if (!headers.Vary.ToString().Contains("Origin", StringComparison.OrdinalIgnoreCase))
            headers.Append("Vary", "Origin");
        if (http.Request.IsHttps && !settings.IsDevelopment)
            headers.StrictTransportSecurity = settings.IsOwnHost(http.Request.Host.Host)
                ? "max-age=31536000; includeSubDomains"
                : "max-age=31536000";
        if (drain.HasBegun)
            headers.Connection = "close"; // the next request of this connection goes to another instance
    }

    private sealed record Answer(HttpContext Http, string Id, ServiceSettings Settings, Drain Drain);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex WellFormed();
}
