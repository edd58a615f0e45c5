using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Database;

/// <summary>
/// Tells this instance what others changed, a moment after their commit, so that what it remembers can be dropped. Triggers send it
/// (NOTIFY), so that no code path can forget to. Whoever remembers something notes the <see cref="Period"/> in which it was read, and
/// reads it again when the period is another one: after a lost connection nothing remembered from before it counts.
/// </summary>
public sealed partial class ChangeFeed : BackgroundService
{
    private const string Channel = "tenantry_changes";

    private static readonly TimeSpan PingEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource[] own;
    private readonly NpgsqlDataSource dataSource;
    private readonly ILogger<ChangeFeed> log;
    private readonly Meter meter = new("Tenantry.Database");
    private readonly Dictionary<string, List<Action<string, string>>> listeners = new(StringComparer.Ordinal);
    private long horizon;
    private volatile int hearing; // the period that is, or is just beginning
    private volatile int current; // 0: none
    private long heardAt = Environment.TickCount64;
    private bool isLost;

    public ChangeFeed(ServiceSettings settings, LiveSettings live, NpgsqlDataSource dataSource, ILogger<ChangeFeed> log)
    {
        this.dataSource = dataSource;
        this.log = log;
        own =
            settings.DirectDatabases.Count == 0
                ? [Own(settings.Database, live, now => now.Database)]
                : [.. settings.DirectDatabases.Select((server, i) => Own(server, live, now => now.DirectDatabases[i]))];
        meter.CreateObservableGauge(
            "tenantry.changes.staleness",
            () => Silence.TotalSeconds,
            "s",
            "How far behind what is remembered here can be. Above a second the database is asked instead."
        );
    }

    /// <summary>The stretch of time in which no change can have been missed; null while some may have been: ask the database then.</summary>
    public int? Period => current is var period and > 0 && Silence < Patience ? period : null;

    /// <summary>The period, and the first transaction whose change is heard for sure. What did not see all before that may have missed one for good. Null as <see cref="Period"/> is.</summary>
    public (int Period, long Horizon)? Since => Period is { } period ? (period, Interlocked.Read(ref horizon)) : null;

    /// <summary>For listeners: to which period what they hear belongs.</summary>
    public int PeriodOfNews => hearing;

    private TimeSpan Silence => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref heardAt));

    /// <summary>Before the service starts: what to do with the news of one table.</summary>
    public void Listen(string table, Action<string> hear) => Listen(table, (id, _) => hear(id));

    /// <summary>The same, with the transaction that made the change.</summary>
    public void Listen(string table, Action<string, string> hear)
    {
        if (!listeners.TryGetValue(table, out var all))
            listeners.Add(table, all = []);
        all.Add(hear);
    }

    /// <summary>Tells all instances something that no trigger does, a moment from now.</summary>
    public Task Tell(string topic, string what, CancellationToken cancel) => Send($"{topic} {what}", cancel);

    public override void Dispose()
    {
        meter.Dispose();
        foreach (var source in own)
            source.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Of several servers the primary is the one where LISTEN succeeds; it may be another one by now.
        for (var server = 0; !stoppingToken.IsCancellationRequested; server = (server + 1) % own.Length)
        {
            using var round = Spans.Round("hear changes");
            try
            {
                await Hear(own[server], stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was: without the feed the service is slower, without the process it is gone.
                current = 0;
                if (!isLost)
                    Lost(log, e.Message);
                isLost = true;
                await Task.Delay(PingEvery, stoppingToken);
            }
        }
    }

    private async Task Hear(NpgsqlDataSource source, CancellationToken stop)
    {
        await using var connection = source.CreateConnection();
        var proof = Guid.NewGuid().ToString();
        var isProven = false;
        hearing++;
        connection.Notification += (_, message) =>
        {
            if (message.Payload == proof)
                isProven = true;
            else
                Heard(message.Payload);
        };
        await connection.OpenAsync(stop);
        await Run(connection, $"LISTEN {Channel}", stop);
        // Through a pooler in transaction mode LISTEN succeeds and nothing ever arrives. What we send ourselves must come back.
        await Send(proof, stop);
        for (var tries = 0; !isProven; tries++)
        {
            if (tries == 8)
                throw new TimeoutException("notifications do not arrive on this connection");
            await connection.WaitAsync(PingEvery, stop);
        }

        await using (
            var ask = new NpgsqlCommand("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint", connection)
        )
            Interlocked.Exchange(ref horizon, (long)(await ask.ExecuteScalarAsync(stop))!);
        Interlocked.Exchange(ref heardAt, Environment.TickCount64);
        current = hearing;
        if (isLost)
            Found(log);
        isLost = false;
        while (true)
        {
            var asked = Environment.TickCount64;
            if (!await connection.WaitAsync(PingEvery, stop))
                await Run(connection, "SELECT 1", stop); // a connection that is silently dead is found out here
            else
                asked = Environment.TickCount64;
            Interlocked.Exchange(ref heardAt, asked);
        }
    }

    private static NpgsqlDataSource Own(
        NpgsqlConnectionStringBuilder connection,
        LiveSettings live,
        Func<ServiceSettings, NpgsqlConnectionStringBuilder> of
    ) =>
        DatabaseServices.DataSource(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString)
            {
                ApplicationName = "tenantry changes",
                Pooling = false, // it is never given back
                Timeout = (int)Patience.TotalSeconds * 3,
                CommandTimeout = (int)Patience.TotalSeconds,
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

    private void Heard(string payload)
    {
        var parts = payload.Split(' ', 3); // table, id, transaction
        if (!listeners.TryGetValue(parts[0], out var all))
            return;
        foreach (var hear in all)
            hear(parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(
        EventId = 1101,
        Level = LogLevel.Warning,
        Message = "Changes of other instances are not heard ({Reason}): the database is asked instead, until they are"
    )]
    private static partial void Lost(ILogger log, string reason);

    [LoggerMessage(
        EventId = 1102,
        Level = LogLevel.Information,
        Message = "Changes of other instances are heard again"
    )]
    private static partial void Found(ILogger log);
}
