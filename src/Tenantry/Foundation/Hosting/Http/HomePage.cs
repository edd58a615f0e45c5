using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>The page at <c>/</c>, for a person who opens the address of the service. Programs get the usual 404.</summary>
public static class HomePage
{
    private const string Links = $"""
        <p>This is the address of an API. Its documentation:</p>
        <ul><li><a href="/redoc/index.html">Read about the operations</a></li><li><a href="/swagger-ui/index.html">Try the operations</a></li>
        <li><a href="{OpenApi.DocumentPath}">The OpenAPI document</a></li><li><a href="/problems">The kinds of problems</a></li>
        <li><a href="/health">The state of the service</a></li>
        """;

    public static IEndpointConventionBuilder MapHomePage(this IEndpointRouteBuilder routes, ServiceSettings settings)
    {
        var body =
            Links + (settings.IsDevelopment ? """<li><a href="/dev/mailbox">The mailbox</a></li></ul>""" : "</ul>");
        return routes
            .MapGet(
                "/",
                async (HttpContext http) =>
                {
                    if (WebPage.IsWanted(http))
                        await WebPage.Show(http, "Tenantry", body).ExecuteAsync(http);
                    else
                        await RouteProblems.NotFound(http);
                }
            )
            .ExcludeFromDescription();
    }
}
