using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>
/// Refuses requests whose headers or address are too large with a problem document. The server has higher limits of its
/// own: beyond them it closes the connection with an empty response, before the application sees the request.
/// </summary>
public static class HeaderLimits
{
    /// <summary>
    /// An access token has 2 kB. The two headers that grow are measured: a sum of all headers would cost each request
    /// an allocation.
    /// </summary>
    private const int MaxBytes = 16 * 1024;

    private const int MaxCount = 64;

    /// <summary>In characters. Longer addresses do not pass many proxies.</summary>
    private const int MaxAddress = 8 * 1024;

    public static void SetOn(KestrelServerLimits limits)
    {
        limits.MaxRequestHeadersTotalSize = 2 * MaxBytes;
        limits.MaxRequestHeaderCount = 2 * MaxCount;
        limits.MaxRequestLineSize = 2 * MaxAddress;
    }

    public static void UseHeaderLimits(this IApplicationBuilder app) =>
        app.Use(static (HttpContext http, RequestDelegate next) => Refuse(http) ?? next(http));

    /// <returns>Null: the sizes are within the limits.</returns>
    private static Task? Refuse(HttpContext http)
    {
        var (headers, address) = (http.Request.Headers, http.Request.Path.Value?.Length ?? 0);
        if (headers.Count > MaxCount)
            return ProblemDocument.Write(http, Problems.HeadersTooLarge, $"Send at most {MaxCount} headers.");
        if (headers.Cookie.ToString().Length + headers.Authorization.ToString().Length > MaxBytes)
            return ProblemDocument.Write(
                http,
                Problems.HeadersTooLarge,
                $"Send cookies and credentials of at most {MaxBytes} bytes in total."
            );
        return address + (http.Request.QueryString.Value?.Length ?? 0) > MaxAddress
            ? ProblemDocument.Write(http, Problems.AddressTooLong, $"Send at most {MaxAddress} characters.")
            : null;
    }
}
