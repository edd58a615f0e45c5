namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Removes the final dot of an absolute host name (RFC 1034, section 3.1) before the host is used. Attack: a name that
/// one component knows and another does not would bypass the check of the tenant.
/// </summary>
public static class AbsoluteHost
{
    /// <summary>Must run after the headers of proxies are applied, and before the host is used.</summary>
    public static void UseOneNameForAHost(this WebApplication app) =>
        app.Use(
            static (http, next) =>
            {
                var host = http.Request.Host;
                if (host.HasValue && host.Host is [.., '.'] name)
                    http.Request.Host = host.Port is { } port
                        ? new HostString(name.TrimEnd('.'), port)
                        : new HostString(name.TrimEnd('.'));
                return next(http);
            }
        );
}
