using System.Collections.Immutable;
using Tenantry.Foundation.Hosting.Workers;

namespace Tenantry.Foundation.Hosting.Settings;

/// <summary>
/// Reads settings again when their file or secret may have changed (<c>NAME_FILE</c>,
/// <c>AWS_SECRETS_MANAGER_SECRET_ID</c>). The log level, the metrics token and the passwords of databases and mail
/// server take effect at once, for new connections. A log line names the others, which wait for the next start.
/// Invalid settings change nothing.
/// </summary>
public sealed partial class LiveSettings : PeriodicWorker
{
    /// <summary>AWS charges for each read.</summary>
    private static readonly TimeSpan SecretInterval = TimeSpan.FromMinutes(5);

    private static readonly ImmutableHashSet<string> CountAtOnce = ["LOG_LEVEL", "METRICS_TOKEN"];

    private readonly ServiceSettings first;
    private readonly ILogger<LiveSettings> log;
    private volatile ServiceSettings current;
    private IReadOnlyDictionary<string, string> variables;
    private long secretReadAt = Environment.TickCount64;
    private string? lastFault;

    public LiveSettings(ServiceSettings first, ILogger<LiveSettings> log)
        : base("read changed settings", TimeSpan.FromSeconds(2)) =>
        (this.first, current, variables, this.log) = (first, first, first.Variables, log);

    /// <summary>The settings that were read last.</summary>
    public ServiceSettings Current => current;

    /// <summary>Raised after a change, for components that store a part of the settings.</summary>
    public event Action<ServiceSettings>? Changed;

    protected override bool IsNeeded => first.Files.Count > 0 || first.Secret is not null;

    protected override async Task Run(CancellationToken cancel)
    {
        if (first.Secret is { } read && Environment.TickCount64 - secretReadAt > SecretInterval.TotalMilliseconds)
        {
            secretReadAt = Environment.TickCount64;
            variables = await read(cancel);
        }
        Look(variables);
    }

    // Once for each fault: the settings are read every two seconds.
    protected override void Failed(Exception failure)
    {
        if (failure.Message == lastFault)
            return;
        lastFault = failure.Message;
        Wrong(log, failure.Message);
    }

    private void Look(IReadOnlyDictionary<string, string> variables)
    {
        var read = ServiceSettings.Read(variables);
        lastFault = null;
        var changed = read
            .Values.Where(value => current.Values.GetValueOrDefault(value.Key) != value.Value)
            .Select(value => value.Key)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (changed.Count == 0)
            return;
        var before = current;
        current = read with { Secret = first.Secret };
        Changed?.Invoke(current);
        var (atOnce, later) = (
            changed.Where(name => IsLive(name, before, read)).ToList(),
            changed.Where(name => !IsLive(name, before, read)).ToList()
        );
        if (atOnce.Count > 0)
            Applied(log, atOnce);
        if (later.Count > 0)
            Waits(log, later);
    }

    private static bool IsLive(string name, ServiceSettings before, ServiceSettings after) =>
        CountAtOnce.Contains(name)
        || (name == "DATABASE_URL" && WithoutPassword([before.Database]) == WithoutPassword([after.Database]))
        || (
            name == "DATABASE_DIRECT_URL"
            && WithoutPassword(before.DirectDatabases) == WithoutPassword(after.DirectDatabases)
        )
        || (name == "DATABASE_READ_URL" && WithoutPassword(before.Replicas) == WithoutPassword(after.Replicas))
        || (
            name == "SMTP_URL"
            && before.Messages.Smtp is { } old
            && after.Messages.Smtp is { } now
            && old with { Credentials = null } == now with { Credentials = null }
        );

    private static string WithoutPassword(IReadOnlyList<Npgsql.NpgsqlConnectionStringBuilder> servers) =>
        string.Join(
            '\n',
            servers.Select(server =>
                new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = null }.ConnectionString
            )
        );

    [LoggerMessage(
        EventId = 1601,
        Level = LogLevel.Information,
        Message = "Settings have changed and count from now on: {Names}"
    )]
    private static partial void Applied(ILogger log, IReadOnlyList<string> names);

    [LoggerMessage(
        EventId = 1602,
        Level = LogLevel.Error,
        Message = "Settings have changed and are wrong; those before go on: {Fault}"
    )]
    private static partial void Wrong(ILogger log, string fault);

    [LoggerMessage(
        EventId = 1603,
        Level = LogLevel.Warning,
        Message = "Settings have changed and count from the next start on: {Names}"
    )]
    private static partial void Waits(ILogger log, IReadOnlyList<string> names);
}
