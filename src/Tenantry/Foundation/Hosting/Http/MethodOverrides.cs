namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Where a POST may stand for another method, for clients whose way lets nothing but GET and POST through.
/// </summary>
/// <param name="Below">the path whose direct children it is</param>
/// <param name="Methods">that it may stand for</param>
public sealed record MethodOverride(PathString Below, IReadOnlyList<string> Methods);

/// <summary>
/// Acts on <c>X-HTTP-Method-Override</c> by one table, before routing: routes, limits, access, the audit log and the
/// line in the log all see the method that is meant. Where the table says nothing the header means nothing, and there
/// is no second place that reads it.
/// </summary>
public static class MethodOverrides
{
    public const string Header = "X-HTTP-Method-Override";

    public static void UseMethodOverrides(this IApplicationBuilder app, params IReadOnlyList<MethodOverride> table) =>
        app.Use((http, next) => Meant(http, table) is { } refusal ? refusal.ExecuteAsync(http) : next(http));

    private static Invalid? Meant(HttpContext http, IReadOnlyList<MethodOverride> table)
    {
        if (
            !HttpMethods.IsPost(http.Request.Method)
            || !http.Request.Headers.TryGetValue(Header, out var given)
            || table.FirstOrDefault(one => IsChild(http.Request.Path, one.Below)) is not { } allowed
        )
            return null;
        if (given.Count != 1 || allowed.Methods.FirstOrDefault(method => method == given[0]) is not { } meant)
            return Problems.Invalid(Header, $"must be {string.Join(" or ", allowed.Methods)}");
        http.Request.Method = meant;
        return null;
    }

    private static bool IsChild(PathString path, PathString below) =>
        path.StartsWithSegments(below, out var rest)
        && rest.Value is { Length: > 1 } child
        && child.LastIndexOf('/') == 0;
}
