using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>
/// <c>tenantry prove-isolation</c>: starts a separate instance on a random port and tries to access one tenant with the
/// users of another. Both tenants are created for it and erased afterwards.
/// </summary>
public static class ProveIsolationCommand
{
    public static async Task Run(
        OperatorSettings from,
        Func<ServiceSettings, WebApplication> build,
        string? below,
        CancellationToken cancel
    )
    {
        // It exceeds the rate limits of a tenant, and must not use the buckets of others.
        var settings = from.Read();
        settings = settings with
        {
            Telemetry = settings.Telemetry with { MetricsPort = null },
            ApiHost = IPAddress.Loopback,
            ApiPort = 0,
            LogLevels = new LogLevelSetting(LogLevel.Error, new Dictionary<string, LogLevel>()),
            RateLimits = RateLimitSettings.Off,
            RedisUrl = null,
        };
        await using var app = build(settings);
        await ServeCommand.Prepare(app, cancel);
        await app.StartAsync(cancel);
        var url = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        using var proof = new IsolationProof(app.Services, url, Console.Out);
        var leaks = await proof.Run(below, cancel);
        await app.StopAsync(cancel);
        if (leaks.Count > 0)
            throw new OperatorException(
                $"{leaks.Count} leak(s):\n" + string.Join('\n', leaks.Select(leak => "  - " + leak))
            );
    }
}
