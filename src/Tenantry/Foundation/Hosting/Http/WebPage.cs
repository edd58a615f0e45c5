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
        + "button{padding:.6rem 1.2rem;font:inherit}article{border:1px solid #ccc;border-radius:.5rem;padding:1rem;margin:1rem 0}pre{white-space:pre-wrap;font:inherit}small{color:#555}";

    /// <param name="http">The request.</param>
    /// <param name="title">The title and heading, as text.</param>
    /// <param name="body">The content below the heading, in HTML.</param>
    /// <param name="script">A script in JavaScript. Null: none.</param>
    /// <param name="formLeadsOn">
    /// Whether the form's target redirects to another origin. Browsers apply <c>form-action</c> to redirects too.
    /// </param>
    public static ContentHttpResult Show(
        HttpContext http,
        string title,
        string body,
        string? script = null,
        bool formLeadsOn = false
    )
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; {(script is null ? "" : $"script-src 'nonce-{nonce}'; connect-src 'self'; ")}{(formLeadsOn ? "" : "form-action 'self'; ")}frame-ancestors 'none'; base-uri 'none'";
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
            "text/html; charset=utf-8"
        );
    }
}
