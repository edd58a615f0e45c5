using System.Text;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// The pages of the API's documentation. All files are served locally, so they work without the internet.
/// </summary>
public static class ApiPages
{
    public static void UseApiPages(this IApplicationBuilder app) =>
        // In a separate branch: both match each path against patterns, and most requests are not for them.
        app.UseWhen(
            http =>
                http.Request.Path.StartsWithSegments("/swagger-ui") || http.Request.Path.StartsWithSegments("/redoc"),
            pages =>
            {
                pages.Use(
                    (http, next) =>
                    {
                        http.Response.Headers.ContentSecurityPolicy = Policy;
                        return next(http);
                    }
                );
                pages.UseSwaggerUI(page =>
                {
                    page.RoutePrefix = "swagger-ui";
                    page.DocumentTitle = "Tenantry: try the API";
                    page.SwaggerEndpoint(OpenApi.DocumentPath, "Tenantry");
                    page.ConfigObject.ValidatorUrl = null; // would send the document to a server on the internet
                });
                pages.UseReDoc(page =>
                {
                    page.RoutePrefix = "redoc";
                    page.DocumentTitle = "Tenantry: the API";
                    page.SpecUrl = OpenApi.DocumentPath;
                    page.IndexStream = () => new MemoryStream(Encoding.UTF8.GetBytes(ReDocPage));
                });
            }
        );

    /// <summary>
    /// Both pages add styles at run time, and one starts a worker from a blob. Scripts are only loaded from this
    /// service.
    /// </summary>
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The library's own page loads fonts from the internet; this page uses local fonts.</summary>
    private const string ReDocPage = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%(DocumentTitle)</title>
        <link rel="stylesheet" href="index.css"></head>
        <body><div id="redoc-container"></div><script type="module" src="index.js"></script></body></html>
        """;
}
