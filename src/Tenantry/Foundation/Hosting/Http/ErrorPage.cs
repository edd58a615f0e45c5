using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>An endpoint that people open in a browser. Its refusals are pages for them.</summary>
/// <param name="DeadTitle">The title of the page for a link that does not work.</param>
/// <param name="DeadText">What the reader can do then, as text.</param>
public sealed record OpenedByPeople(string DeadTitle, string DeadText);

/// <summary>The page of one refusal, where the endpoint has a better one than the usual.</summary>
/// <param name="Title">The title, as text.</param>
/// <param name="Body">The content, in HTML.</param>
public sealed record PageOfRefusal(string Title, string Body);

/// <summary>
/// The page that answers a person instead of a problem document, at endpoints with <see cref="OpenedByPeople"/>. It is
/// written where problem documents are written, so that it covers the refusals of every layer.
/// </summary>
internal static class ErrorPage
{
    /// <returns>Null: the client gets the problem document.</returns>
    public static ContentHttpResult? Of(HttpContext http, ProblemKind kind, string? detail, TimeSpan? retryAfter)
    {
        // The handling of an exception has taken the endpoint away.
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if (endpoint?.Metadata.GetMetadata<OpenedByPeople>() is not { } people || !WebPage.IsWanted(http))
            return null;
        if (http.Features.Get<PageOfRefusal>() is { } own)
            return WebPage.Show(http, own.Title, own.Body, formLeadsOn: true, status: kind.Status);
        var (title, text) = kind.Status switch
        {
            400 or 404 => (people.DeadTitle, people.DeadText),
            409 => ("Not available now", detail ?? kind.Description),
            429 => ("Too many attempts", $"Wait {Words(retryAfter)}, and open this page again."),
            503 => ("The service is busy", $"Wait {Words(retryAfter)}, and open this page again."),
            _ => (
                "This did not work",
                $"Try again later. If it fails again, contact the sender of the link and give this number: {ProblemDocument.TraceIdOf(http)}"
            ),
        };
        return WebPage.Show(http, title, Alert(text), status: kind.Status);
    }

    /// <summary>A message that gets the focus, so that screen readers begin with it.</summary>
    /// <param name="text">The message, as text.</param>
    public static string Alert(string text) =>
        $"""<p class="fault" role="alert" tabindex="-1" autofocus>{WebUtility.HtmlEncode(text)}</p>""";

    private static string Words(TimeSpan? wait) =>
        wait switch
        {
            { TotalMinutes: > 1.5 } minutes => $"{(int)Math.Ceiling(minutes.TotalMinutes)} minutes",
            { TotalSeconds: > 1 } seconds => $"{(int)Math.Ceiling(seconds.TotalSeconds)} seconds",
            _ => "a moment",
        };
}
