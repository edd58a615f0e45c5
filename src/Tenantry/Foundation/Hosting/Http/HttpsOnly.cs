using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Refuses requests without TLS where <c>HTTPS_REQUIRED</c> is set. The connection or a trusted proxy reports TLS. A
/// browser's page is redirected to https. A program is refused: if it were redirected, it would continue to send its
/// tokens unencrypted.
/// </summary>
public static class HttpsOnly
{
    public static void UseHttpsOnly(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        if (!settings.HttpsRequired)
            return;
        app.UseWhen(
            http => !http.Request.IsHttps && !IsInternal(http.Request.Path),
            plain =>
            {
                plain.Use(
                    (http, next) =>
                        IsPage(http.Request, settings)
                            ? next(http)
                            : ProblemDocument.Write(http, Problems.HttpsRequired)
                );
                plain.UseHttpsRedirection();
            }
        );
    }

    /// <summary>Probes and scrapers do not pass the proxy that ends TLS.</summary>
    private static bool IsInternal(PathString path) => path.StartsWithSegments("/health") || path == MetricsGate.Path;

    private static bool IsPage(HttpRequest request, ServiceSettings settings) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !request.Path.StartsWithSegments(settings.ApiPath)
        && request.Headers.Authorization.Count == 0;
}
