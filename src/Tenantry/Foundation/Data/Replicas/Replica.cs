using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Data.Replicas;

/// <summary>
/// A server that follows the primary, as this instance sees it: looked at four times a second, by its own word and the primary's. Positions are bytes of the write-ahead log, of which both have one and the same.
/// </summary>
/// <param name="name">in figures and logs: its place in DATABASE_READ_URL</param>
/// <param name="dataSource">of the serving role, on the replica</param>
/// <param name="primary">of the same role, on the primary</param>
/// <param name="most">how far behind it may be</param>
/// <param name="isolation">asked of the way there, whose login may be another</param>
public sealed class Replica(
    string name,
    NpgsqlDataSource dataSource,
    NpgsqlDataSource primary,
    TimeSpan most,
    IsolationCheck isolation
) : IAsyncDisposable
{
    /// <summary>Of one look.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Of the first one, which asks the whole catalogue.</summary>
    private static readonly TimeSpan PatienceOfCheck = TimeSpan.FromSeconds(15);

    /// <summary>How long what a look has seen is believed.</summary>
    private static readonly TimeSpan Believed = 2 * Patience;

    /// <summary>Where the primary was, and when: back to what the replica has.</summary>
    private readonly Queue<(long At, long Position)> primaryWas = new();

    /// <summary>Minutes of them. While they are as many, it has long been too far behind.</summary>
    private const int MostKept = 2_000;

    /// <summary>Where the primary was at the first look since it came: one that has not got there has another catalogue than this version knows, right after a migration.</summary>
    private long? begun;

    private volatile Seen? seen;
    private volatile bool isCopy;
    private volatile bool isChecked;

    public string Name => name;

    public NpgsqlDataSource DataSource => dataSource;

    /// <summary>For how long it has not had all that the primary had. Null: it does not answer, or follows nobody.</summary>
    public TimeSpan? Lag => seen is { } last && Since(last.At) < Believed ? last.Lag : null;

    /// <summary>Whether reads that may be stale can go there.</summary>
    public bool IsUsable => isChecked && Lag <= most;

    /// <summary>Whether it has all until there.</summary>
    public bool Has(long position) => seen is { } last && last.Replayed >= position;

    /// <summary>A read has failed there: it is asked once more before the next one goes there.</summary>
    public void Doubt() => seen = null;

    /// <exception cref="IsolationBrokenException">it must not be read from</exception>
    /// <exception cref="Exception">it does not answer, or is no replica at the moment</exception>
    public async Task Look(CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(isChecked ? Patience : PatienceOfCheck);
        try
        {
            if (!isCopy)
                isCopy =
                    await Identity(dataSource, deadline.Token) == await Identity(primary, deadline.Token)
                        ? true
                        : throw Broken([
                            "It is not a copy of the server in DATABASE_URL, or it is another database of that server. Fix: name a streaming replica",
                        ]);
            // In this order: what the replica has then, it has for at least as long.
            var at = Environment.TickCount64;
            var position = await PositionOf(primary, deadline.Token);
            if (primaryWas.Count < MostKept)
                primaryWas.Enqueue((at, position));
            var replayed = await Replayed(deadline.Token);
            // The newest that it has is kept, and all that it has not.
            while (primaryWas.Count > 1 && primaryWas.ElementAt(1).Position <= replayed)
                primaryWas.Dequeue();
            var lag =
                primaryWas.Peek() is var has && has.Position <= replayed
                    ? TimeSpan.FromMilliseconds(at - has.At)
                    : Since(has.At) + most;
            begun ??= position;
            if (!isChecked && replayed >= begun)
                isChecked = await isolation.Faults(dataSource, deadline.Token) is { Count: > 0 } faults
                    ? throw Broken(faults)
                    : true;
            seen = new Seen(replayed, at, lag);
        }
        catch
        {
            (seen, isCopy, isChecked, begun) = (null, false, false, null); // it may be another server when it is back
            primaryWas.Clear();
            throw;
        }
    }

    /// <summary>Where a server that takes changes writes next: all that it has committed lies before.</summary>
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
            ?? throw new InvalidOperationException(
                "It follows no other server: it has been promoted, or is the primary itself."
            );
    }

    /// <summary>Positions can be compared within one log only.</summary>
    private static async Task<string> Identity(NpgsqlDataSource source, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            "SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    private IsolationBrokenException Broken(IReadOnlyList<string> faults) =>
        new([.. faults.Select(fault => $"DATABASE_READ_URL, server {name}: {fault}")]);

    private static TimeSpan Since(long at) => TimeSpan.FromMilliseconds(Environment.TickCount64 - at);

    private sealed record Seen(long Replayed, long At, TimeSpan Lag);
}
