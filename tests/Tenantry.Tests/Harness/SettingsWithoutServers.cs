using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Tests.Harness;

/// <summary>Settings for unit tests. No server is at the addresses.</summary>
internal static class SettingsWithoutServers
{
    public static ServiceSettings Read(params (string Name, string Value)[] others)
    {
        var variables = new Dictionary<string, string>
        {
            ["APP_ENV"] = "Development",
            ["DATABASE_URL"] = "postgresql://tenantry_app:none@127.0.0.1:1/none",
            ["MIGRATION_DATABASE_URL"] = "postgresql://tenantry_owner:none@127.0.0.1:1/none",
            ["JWT_SECRET"] = "a secret for tests, long enough for it",
        };
        foreach (var (name, value) in others)
            variables[name] = value;
        return ServiceSettings.Read(variables);
    }

    /// <summary>The services that a refusal needs to become an answer.</summary>
    public static ServiceProvider Services(Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddJson();
        services.AddSingleton<RefusalCount>();
        add?.Invoke(services);
        return services.BuildServiceProvider();
    }

    /// <summary>An active tenant of the tier <c>free</c>, with open registration.</summary>
    public static ResolvedTenant Tenant(string name) =>
        new(
            Guid.NewGuid(),
            "acme",
            name,
            true,
            SubscriptionTier.Free,
            Registration.Open,
            false,
            false,
            null,
            null,
            [],
            null
        );
}
