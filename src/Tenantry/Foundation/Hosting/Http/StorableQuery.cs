namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Refuses U+0000 in the query, which no text of the database can hold, before a statement is given it; see <see cref="StorableText"/>. Half of a surrogate pair cannot be written in a URL.</summary>
public static class StorableQuery
{
    public static void UseStorableQuery(this IApplicationBuilder app) =>
        app.Use(
            static (HttpContext http, RequestDelegate next) =>
                http.Request.QueryString.Value is { } text
                && text.Contains("%00", StringComparison.Ordinal)
                && Faulty(http.Request.Query) is { } name
                    ? Problems.Invalid(name, Problems.Unstorable).ExecuteAsync(http)
                    : next(http)
        );

    /// <returns>the first of such a value; null: what looked like one was something else, escaped twice</returns>
    private static string? Faulty(IQueryCollection query) =>
        query
            .Where(pair => pair.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
            .Select(pair => pair.Key)
            .FirstOrDefault();
}
