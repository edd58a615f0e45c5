using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The pages that a problem's <c>type</c> refers to: when it happens, an example, and what to do about it.
/// </summary>
public static partial class ProblemPages
{
    private static readonly OpenedByPeople People = new(
        "No such kind of problem",
        "No kind of problem has this code. The list of all kinds is at /problems."
    );

    public static RouteGroupBuilder MapProblemPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/problems").ExcludeFromDescription().WithMetadata(People);
        var json = new JsonSerializerOptions(
            routes.ServiceProvider.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions
        )
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the page encodes it for HTML
        };
        var bodies = new Lazy<Dictionary<string, string>>(() =>
            Problems.All.ToDictionary(kind => kind.Code, kind => Body(kind, json), StringComparer.Ordinal)
        );
        pages.MapGet("", (HttpContext http) => WebPage.Show(http, "Problems", List));
        pages.MapGet(
            "/{code}",
            IResult (string code, HttpContext http) =>
                Problems.All.FirstOrDefault(kind => kind.Code == code) is { } kind
                    ? WebPage.Show(http, $"{kind.Title} ({kind.Status})", bodies.Value[kind.Code])
                    : Problems.Missing("No kind of problem has this code.")
        );
        return pages;
    }

    private static string List =>
        $"<ul>{string.Concat(Problems.All.Select(kind =>
            $"<li><a href=\"{kind.Type}\"><code>{kind.Code}</code></a> ({kind.Status}): {WebUtility.HtmlEncode(kind.Title)}</li>"))}</ul>";

    private static string Body(ProblemKind kind, JsonSerializerOptions json)
    {
        var advice = ProblemAdvice.Of(kind);
        return $"""
            <p><code>{kind.Code}</code></p><p>{Rendered(kind.Description)}</p>
            <h2>What to do</h2><p>{Rendered(advice.Fix)}</p>
            <h2>Example</h2>
            <pre class="code">{WebUtility.HtmlEncode(
                $"{advice.Request}\n\n{JsonSerializer.Serialize(Example(kind, advice), json)}"
            )}</pre>
            <p><a href="/problems">All problems</a></p>
            """;
    }

    private static ProblemDocument Example(ProblemKind kind, ProblemAdvice advice) =>
        new(
            kind.Type,
            kind.Title,
            kind.Status,
            advice.Detail,
            advice.Request.Split(' ', '?')[1],
            kind.Code,
            "4bf92f3577b34da6a3ce929d0e0e4736",
            kind == Problems.ValidationFailed
                ? new Dictionary<string, string[]> { ["email"] = ["must be an e-mail address"] }
                : null,
            kind == Problems.QuotaExceeded ? new QuotaUse("users", 10, 10) : null,
            kind == Problems.RateLimitExceeded ? "tenant" : null
        );

    /// <summary>A text as HTML, with its <c>`code`</c> as code.</summary>
    private static string Rendered(string text) => Code().Replace(WebUtility.HtmlEncode(text), "<code>$1</code>");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
