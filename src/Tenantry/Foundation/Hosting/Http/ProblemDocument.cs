using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The body of every answer that is not a success (RFC 9457).</summary>
/// <param name="Type">A stable reference under <c>/problems/</c>; it serves a page that explains the kind.</param>
/// <param name="Title">The kind in a few words, the same each time.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was wrong this time.</param>
/// <param name="Instance">The path that was asked.</param>
/// <param name="Code">The kind, for programs.</param>
/// <param name="TraceId">The W3C trace id, which the log lines of this request carry too.</param>
/// <param name="Errors">JSON member to messages, where members are at fault.</param>
/// <param name="Quota">Which quota is used up, where one is.</param>
/// <param name="Policy">Which limit was exceeded, where one was: <c>tenant</c>, <c>address</c>, <c>account</c>, <c>global</c>.</param>
public sealed record ProblemDocument(
    string Type,
    string Title,
    int Status,
    string? Detail,
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

    /// <summary>Writes the problem as the whole answer. Nothing happens when an answer is already on its way.</summary>
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
        http.Response.Headers.CacheControl = "no-store"; // whatever was set for a success
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

        // The path alone: a query can hold a token.
        var instance = http.Features.Get<IHttpRequestFeature>()?.Path ?? http.Request.Path;
        var document = new ProblemDocument(
            kind.Type,
            kind.Title,
            kind.Status,
            detail ?? kind.When,
            instance,
            kind.Code,
            TraceIdOf(http),
            errors,
            quota,
            policy
        );
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        // Not by RequestAborted: what took too long is over by it, and is told so.
        await JsonSerializer.SerializeAsync(http.Response.Body, document, json, CancellationToken.None);
    }

    /// <summary>The trace that the request belongs to; where nothing listens to traces, an id made up once for the request.</summary>
    public static string TraceIdOf(HttpContext http)
    {
        if (Activity.Current is { } activity)
            return activity.TraceId.ToString();
        return (string)(http.Items[nameof(ActivityTraceId)] ??= ActivityTraceId.CreateRandom().ToString());
    }
}

/// <summary>How far a quota is used.</summary>
/// <param name="Name"><c>users</c>.</param>
/// <param name="Used">Before the request.</param>
/// <param name="Allowed">By the tenant's subscription.</param>
public sealed record QuotaUse(string Name, long Used, long Allowed);
