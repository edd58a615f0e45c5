using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// A small HTML page. Its content security policy allows only its own style and script, by a nonce of this response.
/// </summary>
public static class WebPage
{
    private const string Style =
        "body{font:16px/1.6 system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem}form{max-width:26rem}label{display:block;margin:.8rem 0}input{display:block;width:100%;box-sizing:border-box;padding:.5rem;font:inherit}"
        + "button{padding:.6rem 1.2rem;font:inherit}article{border:1px solid #ccc;border-radius:.5rem;padding:1rem;margin:1rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}pre.code{font:14px/1.5 ui-monospace,monospace;background:#f3f3f3;padding:1rem}small{color:#555}"
        + "iframe{width:100%;height:32rem;border:1px solid #ccc}.fault{border-left:.3rem solid #a40000;padding-left:.8rem;color:#a40000}";

    /// <param name="http">The request.</param>
    /// <param name="title">The title and heading, as text.</param>
    /// <param name="body">The content below the heading, in HTML.</param>
    /// <param name="script">A script in JavaScript. Null: none.</param>
    /// <param name="formLeadsOn">
    /// Whether the form's target redirects to another origin. Browsers apply <c>form-action</c> to redirects too.
    /// </param>
    /// <param name="framesOwn">Whether the page frames other pages of this service.</param>
    /// <param name="status">The HTTP status.</param>
    public static ContentHttpResult Show(
        HttpContext http,
        string title,
        string body,
        string? script = null,
        bool formLeadsOn = false,
        bool framesOwn = false,
        int status = StatusCodes.Status200OK
    )
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; {(script is null ? "" : $"script-src 'nonce-{nonce}'; connect-src 'self'; ")}{(formLeadsOn ? "" : "form-action 'self'; ")}{(framesOwn ? "frame-src 'self'; " : "")}frame-ancestors 'none'; base-uri 'none'";
        var heading = WebUtility.HtmlEncode(title);
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>{heading}</title>
            <style nonce="{nonce}">{Style}</style></head>
            <body><h1>{heading}</h1>{body}{(
                script is null ? "" : $"<script nonce=\"{nonce}\">{script}</script>"
            )}</body></html>
            """,
            "text/html; charset=utf-8",
            contentEncoding: null,
            status
        );
    }

    /// <summary>
    /// Whether the client prefers a page, as browsers do: <c>Accept</c> names HTML, and no JSON before it or with a
    /// higher weight. <c>*/*</c> alone means a program.
    /// </summary>
    public static bool IsWanted(HttpContext http)
    {
        http.Response.Headers.Append("Vary", "Accept");
        var (best, isPage) = (0.0, false);
        foreach (var type in http.Request.GetTypedHeaders().Accept)
        {
            var media = type.MediaType;
            var isHtml = media.Equals("text/html", StringComparison.OrdinalIgnoreCase);
            if (!isHtml && !media.EndsWith("json", StringComparison.OrdinalIgnoreCase))
                continue;
            if ((type.Quality ?? 1) is var weight && weight > best)
                (best, isPage) = (weight, isHtml);
        }
        return isPage;
    }
}
