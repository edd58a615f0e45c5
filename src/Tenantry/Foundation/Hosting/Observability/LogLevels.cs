using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Hosting.Observability;

/// <summary>
/// Which lines are written: <c>LOG_LEVEL</c>, one level for all and others for categories that begin so. It can change
/// while the service runs.
/// </summary>
public sealed class LogLevels(LogLevelSetting first)
    : IConfigureOptions<LoggerFilterOptions>,
        IOptionsChangeTokenSource<LoggerFilterOptions>
{
    /// <summary>
    /// Below Warning its lines repeat the caller's input: paths, queries, origins, forwarded addresses, malformed
    /// headers. Redaction cannot recognise a password in a path. So these lines are never written, at any level; the
    /// service's own line describes the request.
    /// </summary>
    private const string Server = "Microsoft.AspNetCore";

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
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft", Higher(levels.Least, LogLevel.Warning), null));
        options.Rules.Add(new LoggerFilterRule(null, "System.Net.Http", Higher(levels.Least, LogLevel.Warning), null));
        options.Rules.Add(new LoggerFilterRule(null, "Npgsql", Higher(levels.Least, LogLevel.Warning), null));
        options.Rules.Add(new LoggerFilterRule(null, Server, Higher(levels.Least, LogLevel.Warning), null));
        foreach (var (category, level) in levels.Overrides)
        {
            var isOfServer = category.StartsWith(Server, StringComparison.OrdinalIgnoreCase) || category.Contains('*');
            options.Rules.Add(
                new LoggerFilterRule(null, category, isOfServer ? Higher(level, LogLevel.Warning) : level, null)
            );
        }
    }

    private static LogLevel Higher(LogLevel a, LogLevel b) => a > b ? a : b;
}
