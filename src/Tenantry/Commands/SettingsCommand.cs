using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Commands;

/// <summary><c>tenantry settings check</c>: reads all settings and starts nothing.</summary>
public static class SettingsCommand
{
    /// <exception cref="SettingsException">Its message names every fault.</exception>
    public static Task Check(OperatorSettings settings)
    {
        var read = settings.Read();
        Console.WriteLine($"The settings are valid ({read.Environment}, {read.AppBaseUrl}).");
        if (ProductionRules.IsPlainHttp(read))
            Console.WriteLine(PlainHttp(read.AppBaseUrl));
        return Task.CompletedTask;
    }

    /// <summary>The warning of the start, for an operator who reads it beforehand.</summary>
    private static string PlainHttp(Uri url) =>
        $"Warning: APP_BASE_URL is {url}: passwords and tokens cross the network unencrypted. End TLS at a proxy and set APP_BASE_URL to its https:// URL.";
}
