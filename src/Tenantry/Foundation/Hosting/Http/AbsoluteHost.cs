namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// A host name may end with a dot, which says that it is absolute (RFC 1034, 3.1), and is the same name. It is taken off before anything looks at the host: a name that one place knows and
/// another does not would lead a request past the check of whose it is.
/// </summary>
public static class AbsoluteHost
{
    /// <summary>After the headers of proxies, and before whatever decides by the host.</summary>
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
