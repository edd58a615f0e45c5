using Microsoft.AspNetCore.Cors.Infrastructure;
using Npgsql;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Cors;

/// <summary>
/// The origins whose pages may read our responses: those in CORS_ALLOWED_ORIGINS and those that the tenant lists, also
/// while it is deactivated. A preflight request may not name a tenant; then an origin that any tenant lists is allowed,
/// and the request that follows is checked against its own tenant.
/// </summary>
public sealed class CorsPolicies(TenantDirectory directory, ServiceSettings settings) : ICorsPolicyProvider
{
    private static readonly CorsPolicy NoOrigin = new();

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length is > 0 and <= BrowserOrigin.MaxLength && await IsAllowed(origin, context)
            ? For(origin)
            : NoOrigin;
    }

    private async ValueTask<bool> IsAllowed(string origin, HttpContext http)
    {
        if (settings.CorsAllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            return true;
        var path = http.Request.Path;
        // The disk store replaces a bucket: its addresses contain the tenant, whose pages may use them.
        if (path.StartsWithSegments(StoreSettings.ObjectsPath, StringComparison.Ordinal, out var rest))
            return await Lists(
                Guid.TryParse(rest.Value?.Split('/').ElementAtOrDefault(1), out var id)
                    ? await directory.ById(id, http.RequestAborted)
                    : null,
                origin,
                http.RequestAborted
            );
        if (path.StartsWithSegments(settings.ApiPath, StringComparison.Ordinal))
            return await Lists(
                (await TenantResolution.Named(http, directory, settings, http.RequestAborted)).Tenant,
                origin,
                http.RequestAborted
            );
        // Probes must not depend on the database, and no page asks for them.
        return !path.StartsWithSegments("/health") && await IsListedWhileAvailable(origin, http.RequestAborted);
    }

    // A request that names no tenant, or one that does not exist, gets a response without anything of a tenant: a page
    // of any listed origin may read it.
    private async ValueTask<bool> Lists(ResolvedTenant? tenant, string origin, CancellationToken cancel) =>
        tenant?.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        ?? await directory.IsAllowedOrigin(origin, cancel);

    /// <summary>Public keys and documentation are served also while the database is unavailable.</summary>
    private async ValueTask<bool> IsListedWhileAvailable(string origin, CancellationToken cancel)
    {
        try
        {
            return await directory.IsAllowedOrigin(origin, cancel);
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

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
