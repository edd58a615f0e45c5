using System.Diagnostics.Metrics;
using System.Globalization;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>On an endpoint that is to go.</summary>
/// <param name="Since">From when on it should not be used, at 0:00 UTC; it may lie ahead.</param>
/// <param name="Sunset">From when on it may be gone, at 0:00 UTC; null while that is open.</param>
/// <param name="Link">The page that tells what to use instead.</param>
public sealed record Deprecation(DateOnly Since, DateOnly? Sunset, Uri Link);

/// <summary>The word in which an endpoint says that it is to go, and what each of its answers tells of that: refusals too, as whoever still calls it may get nothing else.</summary>
public static class Deprecations
{
    /// <inheritdoc cref="Deprecation"/>
    public static TBuilder Deprecated<TBuilder>(this TBuilder endpoint, DateOnly since, DateOnly? sunset, Uri link)
        where TBuilder : IEndpointConventionBuilder =>
        sunset < since
            ? throw new ArgumentException(
                $"It cannot go on {sunset:O}, before it is deprecated on {since:O}.",
                nameof(sunset)
            ) // RFC 9745, section 4
            : endpoint.WithMetadata(new Deprecation(since, sunset, link));

    public static void UseDeprecations(this WebApplication app)
    {
        var count = app.Services.GetRequiredService<DeprecatedCount>();
        app.Use(
            (http, next) =>
            {
                if (http.GetEndpoint()?.Metadata.GetMetadata<Deprecation>() is { } deprecation)
                {
                    count.Add(http);
                    // When the answer starts: what turns an exception into a problem begins with clearing the headers.
                    http.Response.OnStarting(() =>
                    {
                        Tell(deprecation, http.Response.Headers);
                        return Task.CompletedTask;
                    });
                }
                return next(http);
            }
        );
    }

    private static void Tell(Deprecation deprecation, IHeaderDictionary headers)
    {
        headers["Deprecation"] = string.Create(
            CultureInfo.InvariantCulture,
            $"@{Midnight(deprecation.Since).ToUnixTimeSeconds()}"
        ); // RFC 9745: a date of RFC 9651
        if (deprecation.Sunset is { } sunset)
            headers["Sunset"] = Midnight(sunset).ToString("R", CultureInfo.InvariantCulture); // RFC 8594: an HTTP date
        headers.Append("Link", $"<{deprecation.Link}>; rel=\"deprecation\"");
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}

/// <summary>How often each deprecated endpoint is still called. By whom, the lines of <see cref="RequestLog"/> tell.</summary>
public sealed class DeprecatedCount(IMeterFactory meters)
{
    private readonly Counter<long> requests = meters
        .Create("Tenantry.Http")
        .CreateCounter<long>(
            "tenantry.deprecated.requests",
            description: "Requests to endpoints that are to go, by method and route"
        );

    public void Add(HttpContext http) =>
        requests.Add(
            1,
            new KeyValuePair<string, object?>("method", RequestLog.KnownMethod(http.Request.Method)),
            new KeyValuePair<string, object?>("route", (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText)
        );
}
