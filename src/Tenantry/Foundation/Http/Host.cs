using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Observability;
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
            if (settings.Telemetry.MetricsPort is { } port)
                kestrel.Listen(settings.ApiHost, port);
        });

        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.FormatterName = LogLines.FormatterName).AddConsoleFormatter<LogLines, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Services.AddSingleton<LiveSettings>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveSettings>());
        builder.Services.AddSingleton(new LogLevels(settings.LogLevels));
        builder.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        builder.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevels>());
        builder.Services.AddSingleton<RefusalCount>();

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

    /// <summary>What follows the settings while the service runs.</summary>
    public static void FollowSettings(this WebApplication app) =>
        app.Services.GetRequiredService<LiveSettings>().Changed += now => app.Services.GetRequiredService<LogLevels>().Change(now.LogLevels);
}
