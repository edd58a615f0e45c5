namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Refuses an <c>If-Match</c> that is no list of entity tags (RFC 9110, section 13.1.1). Without this check, the framework
/// ignores what it cannot read, and the change would overwrite a version that its author has not seen.
/// </summary>
public static class ReadablePreconditions
{
    private const string Rule = "must be *, or one or more ETags in double quotes, separated by commas";

    public static void UseReadablePreconditions(this IApplicationBuilder app) =>
        app.Use(
            static (HttpContext http, RequestDelegate next) =>
                http.Request.Headers.IfMatch.Count == 0 || ETag.IsReadable(http.Request.Headers.IfMatch)
                    ? next(http)
                    : Problems.Invalid("If-Match", Rule).ExecuteAsync(http)
        );
}
