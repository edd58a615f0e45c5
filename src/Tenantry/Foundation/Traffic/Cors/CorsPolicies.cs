using Microsoft.AspNetCore.Cors.Infrastructure;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Cors;

/// <summary>
/// The origins whose pages may read our responses: those in CORS_ALLOWED_ORIGINS and those that the tenant lists. A
/// preflight request may not name a tenant; then an origin that any tenant lists is allowed, and the request that
/// follows
/// is checked against its own tenant.
/// </summary>
public sealed class CorsPolicies(TenantDirectory directory, ServiceSettings settings) : ICorsPolicyProvider
{
    private static readonly CorsPolicy NoOrigin = new();

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length is > 0 and <= 300 && await IsAllowed(origin, context) ? For(origin) : NoOrigin;
    }

    private async ValueTask<bool> IsAllowed(string origin, HttpContext http)
    {
        if (settings.CorsAllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return true;
        // The disk store replaces a bucket: its addresses contain the tenant, whose pages may use them.
        if (http.Request.Path.StartsWithSegments(StoreSettings.ObjectsPath, StringComparison.Ordinal, out var rest))
            return Guid.TryParse(rest.Value?.Split('/').ElementAtOrDefault(1), out var id)
                && Lists(await directory.ById(id, http.RequestAborted), origin);
        // Only the API has tenants: health and documentation must not depend on the database.
        if (!http.Request.Path.StartsWithSegments(settings.ApiPath, StringComparison.Ordinal))
            return false;
        var (tenant, wasNamed) = await TenantResolution.Named(http, directory, settings, http.RequestAborted);
        return wasNamed ? Lists(tenant, origin) : await directory.IsAllowedOrigin(origin, http.RequestAborted);
    }

    private static bool Lists(ResolvedTenant? tenant, string origin) =>
        tenant?.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) == true;

    private static CorsPolicy For(string origin) =>
        new CorsPolicyBuilder(origin)
            .AllowAnyHeader()
            .AllowCredentials() // for this origin only: cookie sessions of a page on another subdomain
            .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
            .WithExposedHeaders(
                "ETag",
                "Link",
                "Location",
                "Retry-After",
                "Deprecation",
                "Sunset",
                "Idempotency-Replayed",
                ResponseHeaders.RequestId,
                "RateLimit",
                "RateLimit-Policy",
                "X-RateLimit-Limit",
                "X-RateLimit-Remaining",
                "X-RateLimit-Reset",
                "X-RateLimit-RetryAfter",
                "Upload-Offset",
                "Upload-Length",
                "Upload-Metadata",
                "Upload-Expires",
                "Tus-Resumable",
                "Tus-Version",
                "Tus-Extension",
                "Tus-Max-Size",
                "Tus-Checksum-Algorithm"
            )
            .SetPreflightMaxAge(TimeSpan.FromHours(1))
            .Build();
}
