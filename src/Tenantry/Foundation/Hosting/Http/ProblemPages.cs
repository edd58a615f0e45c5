using System.Net;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The pages that a problem's <c>type</c> refers to: when it happens, and what to do about it.</summary>
public static class ProblemPages
{
    public static RouteGroupBuilder MapProblemPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/problems").ExcludeFromDescription();
        pages.MapGet(
            "",
            (HttpContext http) =>
                WebPage.Show(
                    http,
                    "Problems",
                    $"<ul>{string.Concat(Problems.All.Select(kind =>
            $"<li><a href=\"{kind.Type}\"><code>{kind.Code}</code></a> ({kind.Status}): {WebUtility.HtmlEncode(kind.Title)}</li>"))}</ul>"
                )
        );

        pages.MapGet(
            "/{code}",
            IResult (string code, HttpContext http) =>
                Problems.All.FirstOrDefault(kind => kind.Code == code) is { } kind
                    ? WebPage.Show(
                        http,
                        $"{kind.Title} ({kind.Status})",
                        $"<p><code>{kind.Code}</code></p><p>{WebUtility.HtmlEncode(kind.Description)}</p><p><a href=\"/problems\">All problems</a></p>"
                    )
                    : Problems.Missing("No kind of problem has this code.")
        );
        return pages;
    }
}
