namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>Which lines of the log are written.</summary>
/// <param name="Least">The lowest level of all categories.</param>
/// <param name="Overrides">Other levels, by the beginning of a category.</param>
public sealed record LogLevelSetting(LogLevel Least, IReadOnlyDictionary<string, LogLevel> Overrides)
{
    /// <summary>Reads a value like <c>Information</c> or <c>Warning,Microsoft.AspNetCore=Debug</c>.</summary>
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
                    $"must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}, and Category=Level for parts of the service, separated by commas"
                );
            else if (sides.Length == 1)
                least = level;
            else
                overrides[sides[0]] = level;
        }
        return new LogLevelSetting(least, overrides);
    }
}
