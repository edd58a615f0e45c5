using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Redis;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;
using Tenantry.Tests.Harness;

namespace Tenantry.Tests.Foundation.Traffic.Limits;

/// <summary>Rate limits of one instance, without Redis or while it is unavailable.</summary>
internal sealed class LimitsWithoutServers : IAsyncDisposable
{
    public static readonly RateLimitSettings Rates = new(10, 20, 30, 1_000, 6, 0);

    private readonly NpgsqlDataSource nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero));

    public ServiceProvider Services { get; } = SettingsWithoutServers.Services();

    public RateLimits With(RateLimitSettings rates, bool hasRedis = false)
    {
        var settings = SettingsWithoutServers.Read() with
        {
            RateLimits = rates,
            RedisUrl = hasRedis ? new Uri("redis://127.0.0.1:1") : null,
        };
        var meters = Services.GetRequiredService<IMeterFactory>();
        return new RateLimits(
            settings,
            new RedisBuckets(new RedisStore(settings, NullLogger<RedisStore>.Instance, meters, TimeProvider.System)),
            new ProcessBuckets(Clock),
            new Instances(nowhere, NullLogger<Instances>.Instance),
            Clock,
            meters
        );
    }

    public static ResolvedTenant Tenant(SubscriptionTier tier, string slug = "acme", int? limit = null) =>
        new(Guid.NewGuid(), slug, "Acme", true, tier, Registration.Open, false, false, null, null, [], limit);

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await nowhere.DisposeAsync();
    }
}
