namespace Tenantry.Foundation.Http;

/// <summary>The API's documentation, served whole by us: it works without the internet.</summary>
public static class ApiPages
{
    public static void UseApiPages(this IApplicationBuilder app)
    {
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "swagger-ui";
            page.DocumentTitle = "Tenantry: try the API";
            page.SwaggerEndpoint(OpenApi.DocumentPath, "Tenantry");
            page.ConfigObject.PersistAuthorization = true;
            page.ConfigObject.ValidatorUrl = null; // would send the document to a server on the internet
        });
        app.UseReDoc(page =>
        {
            page.RoutePrefix = "redoc";
            page.DocumentTitle = "Tenantry: the API";
            page.SpecUrl = OpenApi.DocumentPath;
        });
    }
}
