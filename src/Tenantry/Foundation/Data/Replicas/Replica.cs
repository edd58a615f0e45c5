using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>
/// A server that follows the primary. It is probed four times a second, together with the primary. Positions are bytes
/// of the write-ahead log, which both servers share.
/// </summary>
/// <param name="name">The name in metrics and logs: its position in DATABASE_READ_URL.</param>
/// <param name="dataSource">The pool of the serving role on the replica.</param>
/// <param name="primary">The pool of the serving role on the primary.</param>
/// <param name="maxLag">How far behind the replica may be.</param>
/// <param name="isolation">Checks the replica, whose login may differ.</param>
public sealed class Replica(
    string name,
    NpgsqlDataSource dataSource,
    NpgsqlDataSource primary,
    TimeSpan maxLag,
    IsolationCheck isolation
) : IAsyncDisposable
{
    /// <summary>The time limit of a probe.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The time limit of the first probe, which includes the isolation check.</summary>
    private static readonly TimeSpan FirstProbeTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long the result of a probe is valid.</summary>
    private static readonly TimeSpan ProbeValidity = 2 * ProbeTimeout;

    /// <summary>Positions of the primary with their times, back to the one that the replica has replayed.</summary>
    private readonly Queue<(long At, long Position)> primaryPositions = new();

    /// <summary>Several minutes of positions. A replica with that many is too far behind anyway.</summary>
    private const int MaxPositions = 2_000;

    /// <summary>
    /// The position of the primary at the first probe. Before it is replayed, right after a migration, the catalogue of
    /// the replica may not be that of this version yet.
    /// </summary>
    private long? firstPosition;

    private volatile Observation? observed;
    private volatile bool isCopy;
    private volatile bool isChecked;

    public string Name => name;

    public NpgsqlDataSource DataSource => dataSource;

    /// <summary>How far it is behind the primary. Null: it does not answer, or follows no primary.</summary>
    public TimeSpan? Lag => observed is { } last && Since(last.At) < ProbeValidity ? last.Lag : null;

    /// <summary>Whether it can serve reads that may be stale.</summary>
    public bool IsUsable => isChecked && Lag <= maxLag;

    /// <summary>Whether it has replayed the log up to a position.</summary>
    public bool HasReplayed(long position) => observed is { } last && last.Replayed >= position;

    /// <summary>
    /// Discards the last probe after a failed read: reads use the replica again after the next probe.
    /// </summary>
    public void Invalidate() => observed = null;

    /// <summary>Measures the lag. The first probe also checks the isolation of tenants.</summary>
    /// <exception cref="TenantIsolationException">
    /// It does not isolate tenants, or is not a copy of the primary.
    /// </exception>
    /// <exception cref="Exception">It does not answer, or is not a replica at the moment.</exception>
    public async Task Probe(CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(isChecked ? ProbeTimeout : FirstProbeTimeout);
        try
        {
            if (!isCopy)
                isCopy =
                    await Identity(dataSource, deadline.Token) == await Identity(primary, deadline.Token)
                        ? true
                        : throw Broken([
                            "It is not a copy of the server in DATABASE_URL, or it is another database of that server. Fix: name a streaming replica",
                        ]);
            // In this order: the recorded time is never later than the moment at which the primary had the position.
            var at = Environment.TickCount64;
            var position = await PositionOf(primary, deadline.Token);
            if (primaryPositions.Count < MaxPositions)
                primaryPositions.Enqueue((at, position));
            var replayed = await Replayed(deadline.Token);
            // Keeps the newest replayed position and all later ones.
            while (primaryPositions.Count > 1 && primaryPositions.ElementAt(1).Position <= replayed)
                primaryPositions.Dequeue();
            var lag =
                primaryPositions.Peek() is var has && has.Position <= replayed
                    ? TimeSpan.FromMilliseconds(at - has.At)
                    : Since(has.At) + maxLag;
            firstPosition ??= position;
            if (!isChecked && replayed >= firstPosition)
                isChecked = await isolation.Findings(dataSource, deadline.Token) is { Count: > 0 } faults
                    ? throw Broken(faults)
                    : true;
            observed = new Observation(replayed, at, lag);
        }
        catch
        {
            // After a failure it may be another server.
            (observed, isCopy, isChecked, firstPosition) = (null, false, false, null);
            primaryPositions.Clear();
            throw;
        }
    }

    /// <summary>The position at which the primary writes next: everything that it has committed is before it.</summary>
    public static async Task<long> PositionOf(NpgsqlDataSource primary, CancellationToken cancel)
    {
        await using var command = primary.CreateCommand(
            "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
        );
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private async Task<long> Replayed(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint WHERE pg_is_in_recovery()"
        );
        return await command.ExecuteScalarAsync(cancel) as long?
            ?? throw new InvalidOperationException("It follows no primary: it was promoted, or is the primary itself.");
    }

    /// <summary>Identifies the log and the database: positions of different logs cannot be compared.</summary>
    private static async Task<string> Identity(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    private TenantIsolationException Broken(IReadOnlyList<string> faults) =>
        new([.. faults.Select(fault => $"DATABASE_READ_URL, server {name}: {fault}")]);

    private static TimeSpan Since(long at) => TimeSpan.FromMilliseconds(Environment.TickCount64 - at);

    private sealed record Observation(long Replayed, long At, TimeSpan Lag);
}
