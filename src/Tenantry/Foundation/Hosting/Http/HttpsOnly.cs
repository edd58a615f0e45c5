using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// What comes without TLS, as the connection or a trusted proxy says it, is not served where <c>HTTPS_REQUIRED</c>. A person's page is led on to https. A program is refused: one that is
/// redirected would go on to send its tokens in the clear, and nobody would notice.
/// </summary>
public static class HttpsOnly
{
    public static void UseHttpsOnly(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<ServiceSettings>();
        if (!settings.HttpsRequired)
            return;
        app.UseWhen(
            http => !http.Request.IsHttps && !IsAskedFromWithin(http.Request.Path),
            plain =>
            {
                plain.Use(
                    (http, next) =>
                        IsOfPerson(http.Request, settings)
                            ? next(http)
                            : ProblemDocument.Write(http, Problems.HttpsRequired)
                );
                plain.UseHttpsRedirection();
            }
        );
    }

    /// <summary>Probes and scrapers come past whatever ends TLS.</summary>
    private static bool IsAskedFromWithin(PathString path) =>
        path.StartsWithSegments("/health") || path == MetricsGate.Path;

    private static bool IsOfPerson(HttpRequest request, ServiceSettings settings) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !request.Path.StartsWithSegments(settings.ApiPath)
        && request.Headers.Authorization.Count == 0;
}
