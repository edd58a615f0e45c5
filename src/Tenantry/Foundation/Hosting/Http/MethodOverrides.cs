namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Where a POST may replace another method, for clients whose network allows only GET and POST.
/// </summary>
/// <param name="Below">The path whose direct children accept the header.</param>
/// <param name="Methods">The methods that a POST may replace.</param>
public sealed record MethodOverride(PathString Below, IReadOnlyList<string> Methods);

/// <summary>
/// Applies <c>X-HTTP-Method-Override</c> by one table before routing, so that routes, limits, access, the audit log and
/// the request log all see the effective method. Elsewhere the header is ignored, and no other code reads it.
/// </summary>
public static class MethodOverrides
{
    public const string Header = "X-HTTP-Method-Override";

    public static void UseMethodOverrides(this IApplicationBuilder app, params IReadOnlyList<MethodOverride> table) =>
        app.Use((http, next) => ApplyOverride(http, table) is { } refusal ? refusal.ExecuteAsync(http) : next(http));

    private static Invalid? ApplyOverride(HttpContext http, IReadOnlyList<MethodOverride> table)
    {
        if (
            !HttpMethods.IsPost(http.Request.Method)
            || !http.Request.Headers.TryGetValue(Header, out var header)
            || table.FirstOrDefault(one => IsChild(http.Request.Path, one.Below)) is not { } allowed
        )
            return null;
        if (header.Count != 1 || allowed.Methods.FirstOrDefault(method => method == header[0]) is not { } effective)
            return Problems.Invalid(Header, $"must be {string.Join(" or ", allowed.Methods)}");
        http.Request.Method = effective;
        return null;
    }

    private static bool IsChild(PathString path, PathString below) =>
        path.StartsWithSegments(below, out var rest)
        && rest.Value is { Length: > 1 } child
        && child.LastIndexOf('/') == 0;
}
