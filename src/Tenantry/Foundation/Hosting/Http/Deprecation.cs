using System.Diagnostics.Metrics;
using System.Globalization;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Metadata of a deprecated endpoint.</summary>
/// <param name="Since">The day from which it should not be used, at 0:00 UTC. It may be in the future.</param>
/// <param name="Sunset">The day from which it may be removed, at 0:00 UTC. Null: not decided.</param>
/// <param name="Link">The page about its replacement.</param>
public sealed record Deprecation(DateOnly Since, DateOnly? Sunset, Uri Link);

/// <summary>
/// Declares an endpoint as deprecated and adds the headers to each of its responses. Refusals have them too, because a
/// client may get nothing else.
/// </summary>
public static class Deprecations
{
    /// <inheritdoc cref="Deprecation"/>
    public static TBuilder Deprecated<TBuilder>(this TBuilder endpoint, DateOnly since, DateOnly? sunset, Uri link)
        where TBuilder : IEndpointConventionBuilder =>
        sunset < since
            ? throw new ArgumentException($"The sunset {sunset:O} is before the deprecation {since:O}.", nameof(sunset)) // RFC 9745, section 4
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
                    // When the response starts, because the conversion of an exception to a problem clears all headers.
                    http.Response.OnStarting(() =>
                    {
                        AddHeaders(deprecation, http.Response.Headers);
                        return Task.CompletedTask;
                    });
                }
                return next(http);
            }
        );
    }

    private static void AddHeaders(Deprecation deprecation, IHeaderDictionary headers)
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

/// <summary>Counts calls of deprecated endpoints. The lines of <see cref="RequestLog"/> name the callers.</summary>
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
