using System.Text.RegularExpressions;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Headers of every response: the request id, and restrictions for browsers. An endpoint can set its own values: a page
/// allows its own style, and the key set may be cached. They are set when the response starts, because the conversion
/// of an exception to a problem clears all headers.
/// </summary>
public static partial class ResponseHeaders
{
    /// <summary>The caller's id if it is well-formed, otherwise a new one.</summary>
    public const string RequestId = "X-Request-Id";

    /// <summary>If a browser shows a response of the API as a page, nothing in it runs, loads or is framed.</summary>
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static void UseResponseHeaders(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use(
            (http, next) =>
            {
                var given = http.Request.Headers[RequestId].ToString();
                // Attack: another text could forge lines in a log that prints it.
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

    /// <summary>Unique like a UUID, but not secret. The system's secure source would cost a system call.</summary>
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
        headers.TryAdd("X-Frame-Options", "DENY"); // for browsers that do not know frame-ancestors
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin"); // CORS still allows the origins of the tenant
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Content-Security-Policy", NoPage);
        // Responses contain personal data: no cache stores them unless an endpoint allows it.
        headers.TryAdd("Cache-Control", "no-store");
        // The response names the origin that may read it, so a cache must store one response per origin.
        if (headers.Vary.Count == 0)
            headers.Vary = "Origin";
        else if (!headers.Vary.ToString().Contains("Origin", StringComparison.OrdinalIgnoreCase))
            headers.Append("Vary", "Origin");
        if (http.Request.IsHttps && !settings.IsDevelopment)
            headers.StrictTransportSecurity = settings.IsOwnHost(http.Request.Host.Host)
                ? "max-age=31536000; includeSubDomains"
                : "max-age=31536000";
        if (drain.HasBegun)
            headers.Connection = "close"; // so that the next request is sent to another instance
    }

    private sealed record Answer(HttpContext Http, string Id, ServiceSettings Settings, Drain Drain);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex WellFormed();
}
