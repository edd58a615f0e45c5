namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>The configuration is not valid. The message names every fault.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception("The settings are not valid:\n" + string.Join('\n', faults.Select(fault => "  - " + fault)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
