using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Tenantry.Foundation.Settings;

namespace Tenantry.Foundation.Observability;

/// <summary>Which lines are written: <c>LOG_LEVEL</c>, one level for all and others for categories that begin so. It can change while the service runs.</summary>
public sealed class LogLevels(LogLevelSetting first) : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>
{
    private volatile LogLevelSetting levels = first;
    private ConfigurationReloadToken change = new();

    public string Name => Options.DefaultName;

    public void Change(LogLevelSetting to)
    {
        levels = to;
        Interlocked.Exchange(ref change, new ConfigurationReloadToken()).OnReload();
    }

    public IChangeToken GetChangeToken() => Volatile.Read(ref change);

    public void Configure(LoggerFilterOptions options)
    {
        options.MinLevel = levels.Least;
        // The framework's own lines about requests print queries, which can hold tokens; ours says the same without.
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft", Higher(levels.Least, LogLevel.Warning), null));
        options.Rules.Add(new LoggerFilterRule(null, "System.Net.Http", Higher(levels.Least, LogLevel.Warning), null));
        options.Rules.Add(new LoggerFilterRule(null, "Npgsql", Higher(levels.Least, LogLevel.Warning), null));
        foreach (var (category, level) in levels.Overrides)
            options.Rules.Add(new LoggerFilterRule(null, category, level, null));
    }

    private static LogLevel Higher(LogLevel a, LogLevel b) => a > b ? a : b;
}
