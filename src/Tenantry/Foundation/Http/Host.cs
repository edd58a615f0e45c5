using Microsoft.AspNetCore.HttpOverrides;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Http;

/// <summary>Server, log and the edges of the network: limits, proxies, browsers of other origins.</summary>
public static class Host
{
    /// <summary>JSON bodies are small; what streams says so for itself.</summary>
    private const long MostBodyBytes = 1024 * 1024;

    public static void AddHost(this WebApplicationBuilder builder, ServiceSettings settings)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Listen(settings.ApiHost, settings.ApiPort);
        });

        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(settings.LogLevel);
        // The framework's own request lines print queries, which can hold tokens.
        builder.Logging.AddFilter("Microsoft", Higher(settings.LogLevel, LogLevel.Warning));
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", Higher(settings.LogLevel, settings.IsDevelopment ? LogLevel.Warning : LogLevel.Information));
        if (settings.IsDevelopment)
            builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.TimestampFormat = "HH:mm:ss "; });
        else
            builder.Logging.AddJsonConsole(console => { console.UseUtcTimestamp = true; console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ"; });

        builder.Services.AddHttpContextAccessor();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Believed from these addresses alone: anybody can write the header.
            options.ForwardedHeaders = settings.TrustedProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = null; // as many as are trusted, one behind the other
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in settings.TrustedProxies)
                options.KnownIPNetworks.Add(network);
        });
        builder.Services.AddCors();
    }

    private static LogLevel Higher(LogLevel a, LogLevel b) => a > b ? a : b;
}
