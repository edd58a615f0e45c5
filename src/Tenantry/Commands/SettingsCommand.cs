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
            Console.WriteLine($"Warning: APP_BASE_URL is {read.AppBaseUrl}: {ProductionRules.PlainHttp}.");
        return Task.CompletedTask;
    }
}
