using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Http;

/// <summary>Server, log and the edges of the network: limits, proxies, browsers of other origins.</summary>
public static class Host
{
    /// <summary>JSON bodies are small; what streams says so for itself.</summary>
    private const long MostBodyBytes = 1024 * 1024;

    /// <summary>Who says less in this time holds a connection for nothing.</summary>
    private static readonly TimeSpan LongestHeaders = TimeSpan.FromSeconds(10);

    public static void AddHost(this WebApplicationBuilder builder, ServiceSettings settings)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            HeaderLimits.SetOn(kestrel.Limits);
            kestrel.Limits.RequestHeadersTimeout = LongestHeaders;
            kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0; // nothing here is upgraded
            kestrel.Listen(settings.ApiHost, settings.ApiPort);
            if (settings.Telemetry.MetricsPort is { } port)
                kestrel.Listen(settings.ApiHost, port);
        });

        builder.Logging.ClearProviders();
        builder
            .Logging.AddConsole(console => console.FormatterName = LogLines.FormatterName)
            .AddConsoleFormatter<LogLines, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Services.AddSingleton(new Redaction(settings.Secrets));
        builder.Services.AddSingleton<LiveSettings>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveSettings>());
        builder.Services.AddSingleton(new LogLevels(settings.LogLevels));
        builder.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(provider =>
            provider.GetRequiredService<LogLevels>()
        );
        builder.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider =>
            provider.GetRequiredService<LogLevels>()
        );
        builder.Services.AddSingleton<RefusalCount>();
        builder.Services.AddSingleton<DeprecatedCount>();
        builder.Services.AddSingleton<Cursors>();

        builder.Services.AddHttpContextAccessor();
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            // Accepted from these addresses only: any client can write the header.
            options.ForwardedHeaders =
                settings.TrustedProxies.Count == 0
                    ? ForwardedHeaders.None
                    : ForwardedHeaders.XForwardedFor
                        | ForwardedHeaders.XForwardedProto
                        | ForwardedHeaders.XForwardedHost;
            options.ForwardLimit = null; // as many as are trusted, one behind the other
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in settings.TrustedProxies)
                options.KnownIPNetworks.Add(network);
        });
        builder.Services.AddCors();
        builder.Services.AddHttpsRedirection(https =>
        {
            https.RedirectStatusCode = StatusCodes.Status308PermanentRedirect;
            https.HttpsPort = settings.AppBaseUrl.Scheme == Uri.UriSchemeHttps ? settings.AppBaseUrl.Port : 443;
        });
        // What streams says for itself that it may take longer.
        builder.Services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = settings.RequestTimeout,
                WriteTimeoutResponse = static http =>
                    Problems.Unavailable(Problems.TookTooLong, TimeSpan.FromSeconds(2)).ExecuteAsync(http),
            }
        );

        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        builder.Services.Configure<HostOptions>(options =>
            options.ShutdownTimeout = settings.DrainTime + Drain.Longest
        );
    }

    /// <summary>What follows the settings while the service runs.</summary>
    public static void FollowSettings(this WebApplication app)
    {
        var (redaction, levels) = (
            app.Services.GetRequiredService<Redaction>(),
            app.Services.GetRequiredService<LogLevels>()
        );
        app.Services.GetRequiredService<LiveSettings>().Changed += now =>
        {
            redaction.AddSecrets(now.Secrets);
            levels.Change(now.LogLevels);
        };
    }
}
