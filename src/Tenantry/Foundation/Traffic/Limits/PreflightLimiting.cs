using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>
/// Holds the questions that browsers ask before a request against a limit of their address. They are answered before the tenant and its limits are known, and one about an origin that is new
/// asks the database. They have a bucket of their own, so that they use up nothing of what the requests have.
/// </summary>
public sealed class PreflightLimiting(RequestDelegate next, RateLimits limits)
{
    public Task Invoke(HttpContext http) => IsPreflight(http.Request) ? Decide(http).OrElse(next, http) : next(http);

    private async ValueTask<Refusal?> Decide(HttpContext http) =>
        await limits.TakeAnonymous("preflight:" + ClientAddress.Network(ClientAddress.Of(http)), null, cost: 1)
            is { Granted: 0 } taken
            ? new TooMany(
                $"More than {taken.Shown.PerMinute} preflight requests a minute are not allowed ({taken.Shown.Policy}).",
                TimeSpan.FromMicroseconds(taken.Wait),
                taken.Shown.Policy
            )
            : null;

    /// <summary>As the middleware for CORS tells one: it answers this itself.</summary>
    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.Origin.Count > 0
        && request.Headers.AccessControlRequestMethod.Count > 0;
}
