using System.Buffers;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Answers requests that match no route. A wrong address has another code than a record that does not exist: the author
/// of the first must correct a program.
/// </summary>
internal static class RouteProblems
{
    private const int MostSuggestions = 3;
    private const int MostSegments = 12;
    private const int LongestSegment = 32;

    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static Task NotFound(HttpContext http)
    {
        var (method, path) = (RequestLog.KnownMethod(http.Request.Method), http.Request.Path.Value ?? "/");
        var detail = $"No route matches {method} {StorableText.Truncate(path, 500)}.";
        // Only for developers: the search compares all routes, and scanners ask for unknown paths all day.
        if (http.RequestServices.GetRequiredService<ServiceSettings>().IsDevelopment)
            detail += Nearest(http, path);
        return ProblemDocument.Write(http, Problems.RouteNotFound, detail);
    }

    public static Task MethodNotAllowed(HttpContext http) =>
        ProblemDocument.Write(
            http,
            Problems.MethodNotAllowed,
            http.Response.Headers.Allow.ToString() is { Length: > 0 } allowed
                ? $"This path allows {allowed}, and not {RequestLog.KnownMethod(http.Request.Method)}."
                : null
        );

    /// <summary>
    /// A path without a route, as the log may contain it. Attack: a link with a token in a wrong place, or lines that a
    /// caller forges. Segments that do not look like the names of a route become <c>*</c>.
    /// </summary>
    public static string Loggable(PathString path)
    {
        var segments = (path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return "/"
            + string.Join('/', segments.Take(MostSegments).Select(segment => IsName(segment) ? segment : "*"))
            + (segments.Length > MostSegments ? "/…" : "");
    }

    private static bool IsName(string segment) =>
        segment.Length <= LongestSegment
        && !segment.AsSpan().ContainsAnyExcept(Plain)
        && segment.Count(char.IsAsciiDigit) <= 2;

    private static string Nearest(HttpContext http, string path)
    {
        var wanted = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var nearest = http
            .RequestServices.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint =>
                (
                    Route: $"{MethodOf(endpoint)} /{endpoint.RoutePattern.RawText!.Trim('/')}",
                    Common: Common(
                        wanted,
                        endpoint.RoutePattern.RawText!.Split('/', StringSplitOptions.RemoveEmptyEntries)
                    )
                )
            )
            .Where(one => one.Common > 0)
            .OrderByDescending(one => one.Common)
            .ThenBy(one => one.Route.Length)
            .Take(MostSuggestions)
            .Select(one => one.Route)
            .ToList();
        return nearest.Count == 0 ? "" : $" The nearest routes are: {string.Join(", ", nearest)}.";
    }

    private static string MethodOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [var first, ..] ? first : HttpMethods.Get;

    /// <summary>
    /// How much of the path the route has. The prefix of the API is in each route, and no hint by itself.
    /// </summary>
    private static double Common(string[] path, string[] route)
    {
        var names = route.Where(segment => !segment.StartsWith('{')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (path.Length == 0 || !names.Any(name => IsAlike(name, path[^1])))
            return 0;
        var common = path.Distinct(StringComparer.OrdinalIgnoreCase).Count(names.Contains);
        return 1 + common - (0.1 * Math.Abs(path.Length - route.Length));
    }

    /// <summary>Whether two names are the same, or singular and plural.</summary>
    private static bool IsAlike(string name, string other) =>
        Math.Abs(name.Length - other.Length) <= 2
        && (
            name.StartsWith(other, StringComparison.OrdinalIgnoreCase)
            || other.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        );
}
