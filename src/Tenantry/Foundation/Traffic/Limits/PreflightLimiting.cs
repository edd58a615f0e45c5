using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// Limits CORS preflight requests by address. They are answered before the tenant and its limits are known, and one
/// with
/// an unknown origin queries the database. Their bucket is separate, so that they do not reduce the limit of requests.
/// </summary>
public sealed class PreflightLimiting(RequestDelegate next, RateLimits limits)
{
    public Task Invoke(HttpContext http) => IsPreflight(http.Request) ? Decide(http).OrElse(next, http) : next(http);

    private async ValueTask<Refusal?> Decide(HttpContext http) =>
        await limits.TakeAnonymous("preflight:" + ClientAddress.Network(ClientAddress.Of(http)), null, cost: 1)
            is { Granted: 0 } taken
            ? new TooMany(
                $"At most {taken.Shown.PerMinute} preflight requests per minute are allowed (policy {taken.Shown.Policy}).",
                TimeSpan.FromMicroseconds(taken.Wait),
                taken.Shown.Policy
            )
            : null;

    /// <summary>The same test as in the CORS middleware, which answers these requests itself.</summary>
    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.Origin.Count > 0
        && request.Headers.AccessControlRequestMethod.Count > 0;
}
