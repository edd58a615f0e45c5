namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Refuses U+0000 in the query before a statement gets it, because PostgreSQL cannot store it; see <see
/// cref="StorableText"/>. A URL cannot contain half of a surrogate pair.
/// </summary>
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

    /// <returns>The name of the first such parameter. Null: the text was escaped twice and is valid.</returns>
    private static string? Faulty(IQueryCollection query) =>
        query
            .Where(pair => pair.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true))
            .Select(pair => pair.Key)
            .FirstOrDefault();
}
