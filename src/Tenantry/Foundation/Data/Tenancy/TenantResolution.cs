using System.Net;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>
/// Finds the tenant of a request: from the access token; without one, from the <c>X-Tenant</c> header, then the host,
/// then DEFAULT_TENANT. A token that is sent to the address of another tenant is refused: it was stolen, or sent by
/// mistake.
/// </summary>
public sealed class TenantResolution(RequestDelegate next, TenantDirectory directory, ServiceSettings settings)
{
    public const string Header = "X-Tenant";

    public Task Invoke(HttpContext http, TenantContext context) => Find(http, context).OrElse(next, http);

    private async ValueTask<Refusal?> Find(HttpContext http, TenantContext context)
    {
        var caller = http.Features.Get<Caller>();
        var named = await Named(http, directory, settings, http.RequestAborted);
        if (caller is null && !named.WasNamed && settings.DefaultTenant is { } name)
            named = (await directory.ByName(name, http.RequestAborted), false);

        if (caller is null)
        {
            // An unknown name leaves the context unset. An operation that needs a tenant then answers 404.
            if (named.Tenant is { IsActive: true } tenant)
                context.Set(tenant, null, named.WasNamed);
            return null;
        }

        if (named.WasNamed && named.Tenant?.Id != caller.TenantId)
            return Problems.Unauthenticated(
                Problems.AuthenticationFailed,
                "The token belongs to another tenant than the request names."
            );
        if (await directory.OfCaller(caller, http.RequestAborted) is not { IsActive: true } own)
            return new Missing(Problems.TenantNotFound, Problems.TenantNotFound.Description);
        context.Set(own, caller, named.WasNamed);
        return null;
    }

    /// <summary>The tenant that the header or the host names, and whether one of them names a tenant.</summary>
    internal static async ValueTask<(ResolvedTenant? Tenant, bool WasNamed)> Named(
        HttpContext http,
        TenantDirectory directory,
        ServiceSettings settings,
        CancellationToken cancel
    )
    {
        var header = http.Request.Headers[Header].ToString();
        if (header.Length > 0)
            return (header.Length <= 63 ? await directory.ByName(header, cancel) : null, true);

        var host = http.Request.Host.Host.ToLowerInvariant();
        if (settings.BaseDomain is { } domain && host.EndsWith("." + domain, StringComparison.Ordinal))
        {
            var label = host[..^(domain.Length + 1)];
            return (SlugAttribute.IsSlug(label) ? await directory.BySlug(label, cancel) : null, true);
        }
        return MayBeCustomDomain(host, settings) && await directory.ByDomain(host, cancel) is { } byDomain
            ? (byDomain, true)
            : (null, false);
    }

    private static bool MayBeCustomDomain(string host, ServiceSettings settings) =>
        host.Contains('.', StringComparison.Ordinal)
        && host.Length <= 253
        && host != settings.BaseDomain
        && host != settings.AppBaseUrl.Host
        && !IPAddress.TryParse(host, out _);
}

/// <summary>Answers 404 where an operation needs a tenant and the request has none.</summary>
public sealed class TenantMissingMapper : IExceptionMapper
{
    public Refusal? Map(Exception exception) =>
        exception is TenantMissingException
            ? new Missing(Problems.TenantNotFound, Problems.TenantNotFound.Description)
            : null;
}
