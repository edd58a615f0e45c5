using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary>
/// <c>tenantry prove-isolation</c>: starts an instance of its own over the database, on a port that nobody knows, and tries to get at one tenant with
/// the users of another. Both tenants are made for it and erased afterwards.
/// </summary>
public static class ProveIsolationCommand
{
    public static async Task Run(Func<ServiceSettings, WebApplication> build, string? below, CancellationToken cancel)
    {
        // It asks far more than a tenant may, and needs nobody else's buckets.
        var settings = CommandLine.Settings();
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
