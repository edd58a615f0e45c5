namespace Tenantry.Foundation.Hosting.Settings;

/// <param name="Least">of all lines</param>
/// <param name="Overrides">by the beginning of a category</param>
public sealed record LogLevelSetting(LogLevel Least, IReadOnlyDictionary<string, LogLevel> Overrides)
{
    /// <summary><c>Information</c>, or <c>Warning,Microsoft.AspNetCore=Debug</c>.</summary>
    internal static LogLevelSetting Read(SettingsReader read)
    {
        const string name = "LOG_LEVEL";
        var least = LogLevel.Information;
        var overrides = new Dictionary<string, LogLevel>(StringComparer.Ordinal);
        foreach (
            var part in read.Text(name, "")
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            var sides = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (!Enum.TryParse<LogLevel>(sides[^1], ignoreCase: true, out var level) || int.TryParse(sides[^1], out _))
                read.Fault(
                    name,
                    $"must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}, and for parts of the service Category=Level, separated by commas"
                );
            else if (sides.Length == 1)
                least = level;
            else
                overrides[sides[0]] = level;
        }
        return new LogLevelSetting(least, overrides);
    }
}
