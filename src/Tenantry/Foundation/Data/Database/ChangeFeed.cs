using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Receives change notifications: what other instances changed, a moment after their commit, so that caches drop it.
/// Triggers send them (NOTIFY), so that no code path can omit one. A cache records the <see cref="Period"/> in which it
/// read an entry, and reads it again in another period: entries from before a lost connection are not valid.
/// </summary>
public sealed partial class ChangeFeed : BackgroundService
{
    private const string Channel = "tenantry_changes";

    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxStaleness = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource[] directSources;
    private readonly NpgsqlDataSource dataSource;
    private readonly ILogger<ChangeFeed> log;
    private readonly Meter meter = new("Tenantry.Database");
    private readonly Dictionary<string, List<Action<string, string>>> listeners = new(StringComparer.Ordinal);
    private long horizon;
    private volatile int latestPeriod; // also while its connection is still being opened
    private volatile int provenPeriod; // 0: none
    private long aliveAt = Environment.TickCount64;
    private bool isLost;

    public ChangeFeed(ServiceSettings settings, LiveSettings live, NpgsqlDataSource dataSource, ILogger<ChangeFeed> log)
    {
        this.dataSource = dataSource;
        this.log = log;
        directSources =
            settings.DirectDatabases.Count == 0
                ? [DirectSource(settings.Database, live, now => now.Database)]
                :
                [
                    .. settings.DirectDatabases.Select(
                        (server, i) => DirectSource(server, live, now => now.DirectDatabases[i])
                    ),
                ];
        meter.CreateObservableGauge(
            "tenantry.changes.staleness",
            () => Staleness.TotalSeconds,
            "s",
            "The greatest age of cached data. Above one second the database is read instead of the caches."
        );
    }

    /// <summary>
    /// The period in which no notification can have been missed. Null: some may have been missed, so read the database.
    /// </summary>
    public int? Period => provenPeriod is var period and > 0 && Staleness < MaxStaleness ? period : null;

    /// <summary>
    /// The period, and the first transaction whose notification is certain to arrive. A read that did not see all
    /// earlier transactions may have missed a change. Null as <see cref="Period"/> is.
    /// </summary>
    public (int Period, long Horizon)? Coverage =>
        Period is { } period ? (period, Interlocked.Read(ref horizon)) : null;

    /// <summary>For listeners: the period of the notification that they receive.</summary>
    public int NotificationPeriod => latestPeriod;

    private TimeSpan Staleness => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref aliveAt));

    /// <summary>
    /// Registers a handler for the notifications of one table, with the id. Call it before the service starts.
    /// </summary>
    public void Listen(string table, Action<string> handle) => Listen(table, (id, _) => handle(id));

    /// <summary>Registers a handler that also gets the transaction of the change.</summary>
    public void Listen(string table, Action<string, string> handle)
    {
        if (!listeners.TryGetValue(table, out var all))
            listeners.Add(table, all = []);
        all.Add(handle);
    }

    /// <summary>Sends a notification to all instances that no trigger sends.</summary>
    public Task Notify(string topic, string subject, CancellationToken cancel) => Send($"{topic} {subject}", cancel);

    public override void Dispose()
    {
        meter.Dispose();
        foreach (var source in directSources)
            source.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // LISTEN succeeds on the primary alone. After a failover that is another server.
        for (var server = 0; !stoppingToken.IsCancellationRequested; server = (server + 1) % directSources.Length)
        {
            using var round = Spans.BeginUnrecorded("hear changes");
            try
            {
                await Receive(directSources[server], stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Any exception: without notifications the service is slower, but it must not stop.
                provenPeriod = 0;
                if (!isLost)
                    LogLost(log, e.Message);
                isLost = true;
                await Task.Delay(PingEvery, stoppingToken);
            }
        }
    }

    private async Task Receive(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var connection = source.CreateConnection();
        var proof = Guid.NewGuid().ToString();
        var isProven = false;
        latestPeriod++;
        connection.Notification += (_, message) =>
        {
            if (message.Payload == proof)
                isProven = true;
            else
                Dispatch(message.Payload);
        };
        await connection.OpenAsync(stop);
        await Run(connection, $"LISTEN {Channel}", stop);
        // Through a pooler in transaction mode LISTEN succeeds, but no notification arrives. One that this instance
        // sends must arrive here.
        await Send(proof, stop);
        for (var tries = 0; !isProven; tries++)
        {
            if (tries == 8)
                throw new TimeoutException("notifications do not arrive on this connection");
            await connection.WaitAsync(PingEvery, stop);
        }

        await using (
            var command = new NpgsqlCommand("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", connection)
        )
            Interlocked.Exchange(ref horizon, (long)(await command.ExecuteScalarAsync(stop))!);
        Interlocked.Exchange(ref aliveAt, Environment.TickCount64);
        provenPeriod = latestPeriod;
        if (isLost)
            LogRestored(log);
        isLost = false;
        while (true)
        {
            var confirmedAt = Environment.TickCount64;
            if (!await connection.WaitAsync(PingEvery, stop))
                await Run(connection, "SELECT 1", stop); // detects a lost connection
            else
                confirmedAt = Environment.TickCount64;
            Interlocked.Exchange(ref aliveAt, confirmedAt);
        }
    }

    private static NpgsqlDataSource DirectSource(
        NpgsqlConnectionStringBuilder connection,
        LiveSettings live,
        Func<ServiceSettings, NpgsqlConnectionStringBuilder> of
    ) =>
        DatabaseServices.DataSource(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString)
            {
                ApplicationName = "tenantry changes",
                Pooling = false, // it is never returned to a pool
                Timeout = (int)MaxStaleness.TotalSeconds * 3,
                CommandTimeout = (int)MaxStaleness.TotalSeconds,
            },
            live,
            of,
            name: "tenantry changes"
        );

    private async Task Send(string payload, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT pg_notify('{Channel}', $1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = payload });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private void Dispatch(string payload)
    {
        var parts = payload.Split(' ', 3); // table, id, transaction
        if (!listeners.TryGetValue(parts[0], out var all))
            return;
        foreach (var handle in all)
            handle(parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(
        EventId = 1101,
        Level = LogLevel.Warning,
        Message = "Change notifications do not arrive; the service reads the database instead of its caches: {Reason}"
    )]
    private static partial void LogLost(ILogger log, string reason);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "Change notifications arrive again")]
    private static partial void LogRestored(ILogger log);
}
