using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The body of each response that is not a success (RFC 9457).</summary>
/// <param name="Type">
/// A stable reference under <c>/problems/</c>, which serves a page about the kind of problem.
/// </param>
/// <param name="Title">The kind of problem in a few words, the same in each response.</param>
/// <param name="Status">The HTTP status of the response.</param>
/// <param name="Detail">What was wrong with this request.</param>
/// <param name="Instance">The path of the request.</param>
/// <param name="Code">The stable code of the kind, for programs.</param>
/// <param name="TraceId">The W3C trace id, which is also in the log lines of this request.</param>
/// <param name="Errors">The messages by JSON member, where members are not valid.</param>
/// <param name="Quota">The quota that is used up, where that is the reason.</param>
/// <param name="Policy">
/// The rate limit policy that was exceeded, where that is the reason: <c>tenant</c>, <c>address</c>, <c>account</c>,
/// <c>global</c>.
/// </param>
public sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuotaUse? Quota = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Policy = null
)
{
    public const string MediaType = "application/problem+json";

    /// <summary>Writes the problem as the whole response, unless a response has already started.</summary>
    public static async Task Write(
        HttpContext http,
        ProblemKind kind,
        string? detail = null,
        IReadOnlyDictionary<string, string[]>? errors = null,
        TimeSpan? retryAfter = null,
        QuotaUse? quota = null,
        string? policy = null
    )
    {
        if (http.Response.HasStarted)
            return;
        http.Features.Set(kind);
        http.RequestServices.GetRequiredService<RefusalCount>().Add(kind);
        http.Response.StatusCode = kind.Status;
        http.Response.ContentType = MediaType;
        http.Response.Headers.CacheControl = "no-store"; // replaces the header of a success
        if (kind.Status == 401)
            http.Response.Headers.WWWAuthenticate =
                kind == Problems.AuthenticationFailed ? "Bearer" : "Bearer error=\"invalid_token\"";
        if (retryAfter is { } delay)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(delay.TotalSeconds))
                .ToString(CultureInfo.InvariantCulture);
            if (kind.Status == 429)
                http.Response.Headers["X-RateLimit-RetryAfter"] = http.Response.Headers.RetryAfter;
        }
        if (HttpMethods.IsHead(http.Request.Method))
            return;

        if (ErrorPage.Of(http, kind, detail, retryAfter) is { } page)
        {
            await page.ExecuteAsync(http);
            return;
        }

        // Without the query, which can contain a token.
        var instance = http.Features.Get<IHttpRequestFeature>()?.Path ?? http.Request.Path;
        var document = new ProblemDocument(
            kind.Type,
            kind.Title,
            kind.Status,
            detail ?? kind.Description,
            instance,
            kind.Code,
            TraceIdOf(http),
            errors,
            quota,
            policy
        );
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        // Not RequestAborted: it is already cancelled when the time limit of a request is exceeded.
        await JsonSerializer.SerializeAsync(http.Response.Body, document, json, CancellationToken.None);
    }

    /// <summary>The trace id of the request. Without tracing, an id that is generated once per request.</summary>
    public static string TraceIdOf(HttpContext http)
    {
        if (Activity.Current is { } activity)
            return activity.TraceId.ToString();
        return (string)(http.Items[nameof(ActivityTraceId)] ??= ActivityTraceId.CreateRandom().ToString());
    }
}

/// <summary>The use of a quota.</summary>
/// <param name="Name">The name of the quota, for example <c>users</c>.</param>
/// <param name="Used">The amount that was used before the request.</param>
/// <param name="Allowed">The amount that the tenant may use.</param>
public sealed record QuotaUse(string Name, long Used, long Allowed);
