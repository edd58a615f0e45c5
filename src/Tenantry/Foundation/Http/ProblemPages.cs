using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tenantry.Foundation.Http;

/// <summary>The pages behind a problem's <c>type</c>: what happened, and what to do about it.</summary>
public static class ProblemPages
{
    public static RouteGroupBuilder MapProblemPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/problems").ExcludeFromDescription();
        pages.MapGet("", () => Html("Problems", string.Concat(Problems.All.Select(kind =>
            $"<li><a href=\"{kind.Type}\"><code>{kind.Code}</code></a> ({kind.Status}): {WebUtility.HtmlEncode(kind.Title)}</li>")), list: true));

        pages.MapGet("/{code}", IResult (string code) => Problems.All.FirstOrDefault(kind => kind.Code == code) is { } kind
            ? Html($"{kind.Title} ({kind.Status})", $"<p><code>{kind.Code}</code></p><p>{WebUtility.HtmlEncode(kind.When)}</p>", list: false)
            : Problems.Missing("There is no problem of this name."));
        return pages;
    }

    private static ContentHttpResult Html(string title, string body, bool list)
    {
        var heading = WebUtility.HtmlEncode(title);
        return TypedResults.Content($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{heading}</title>
            <style>body{"{"}font:16px/1.6 system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem{"}"}</style></head>
            <body><h1>{heading}</h1>{(list ? $"<ul>{body}</ul>" : body + "<p><a href=\"/problems\">All problems</a></p>")}</body></html>
            """, "text/html; charset=utf-8");
    }
}
