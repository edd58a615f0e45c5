using System.Text.RegularExpressions;

namespace Tenantry.Foundation.Http;

/// <summary>Every answer carries <c>X-Request-Id</c>: the caller's own when it is well-formed, else a new one.</summary>
public static partial class RequestId
{
    public const string Header = "X-Request-Id";

    public static void UseRequestId(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var given = http.Request.Headers[Header].ToString();
        // Anything else could forge lines in a log that prints it.
        var id = WellFormed().IsMatch(given) ? given : Guid.CreateVersion7().ToString();
        http.Items[Header] = id;
        http.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            context.Response.Headers[Header] = (string)context.Items[Header]!;
            return Task.CompletedTask;
        }, http);
        return next(http);
    });

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex WellFormed();
}
