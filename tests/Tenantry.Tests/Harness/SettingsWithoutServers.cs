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
}
