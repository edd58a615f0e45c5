using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;

namespace Tenantry.Features.Files;

/// <summary>
/// What has to be done to objects, as the database notes it in a table, in the transactions that make it necessary. It is tried until it is done, by whichever instance comes to it:
/// one at a time has a note, and where that one dies another has it later. Tenants get their turns one after the other, and a quarter of the places is never one tenant's: however many
/// notes it has, and however long they take, those of others are worked off meanwhile.
/// </summary>
/// <param name="dataSource">where the notes are</param>
/// <param name="feed">tells of new ones</param>
/// <param name="table">of the notes, and what the feed calls them</param>
/// <param name="lanes">how many are worked on at a time</param>
/// <param name="holds">how long one may take before another instance thinks that this one has died</param>
/// <param name="waits">the longest time between two tries</param>
/// <param name="log">of what did not succeed</param>
public abstract partial class ObjectQueue(NpgsqlDataSource dataSource, ChangeFeed feed, string table, int lanes, TimeSpan holds, TimeSpan waits, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(10);

    private readonly int most = lanes - (lanes / 4);
    private readonly SemaphoreSlim news = new(0, 1);

    /// <summary>The tenant that had its turn last.</summary>
    private string last = "";

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Works off as many as there are places, and waits for them.</summary>
    /// <returns>how many are done; those that failed come again, later each time</returns>
    public async Task<int> Some(CancellationToken cancel)
    {
        var due = new List<Due>();
        while (due.Count < lanes && await Claim(lanes - due.Count, [], cancel) is { Count: > 0 } more)
            due.AddRange(more);
        return (await Task.WhenAll(due.Select(one => WorkOff(one, cancel)))).Count(isDone => isDone);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Listen(table, (_, _) =>
        {
            // The feed tells one thing at a time.
            if (news.CurrentCount == 0)
                news.Release();
        });
        var (running, told) = (new List<(Task Work, string Tenant)>(), Task.CompletedTask);
        while (!stoppingToken.IsCancellationRequested)
        {
            using var round = Work.Round($"look for {table}");
            if (told.IsCompleted)
            {
                told = news.WaitAsync(Round, stoppingToken);
                await Guarded(() => Sweep(stoppingToken), stoppingToken);
            }
            var claimed = 0;
            await Guarded(async () =>
            {
                string[] full = [.. running.GroupBy(one => one.Tenant).Where(tenant => tenant.Count() >= most).Select(tenant => tenant.Key)];
                foreach (var due in running.Count < lanes ? await Claim(lanes - running.Count, full, stoppingToken) : [])
                {
                    running.Add((Guarded(() => WorkOff(due, stoppingToken), stoppingToken), TurnOf(due.Key)));
                    claimed++;
                }
            }, stoppingToken);
            if (claimed == 0)
                await Task.WhenAny([told, .. running.Select(one => one.Work)]);
            running.RemoveAll(one => one.Work.IsCompleted);
        }
        await Task.WhenAll(running.Select(one => one.Work)); // each ends with the token
    }

    /// <summary>What only time makes necessary.</summary>
    public virtual Task Sweep(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Whatever it throws, it is tried again.</summary>
    protected abstract Task Handle(Due due, CancellationToken cancel);

    /// <summary>Takes the oldest note of each of some tenants, beginning behind the one that had its turn last.</summary>
    /// <param name="count">how many at most</param>
    /// <param name="full">tenants that have as many places as they may</param>
    /// <param name="cancel">ends it</param>
    private async Task<List<Due>> Claim(int count, string[] full, CancellationToken cancel)
    {
        var due = await Claim(last, count, full, cancel);
        if (due.Count == 0 && last.Length > 0)
            due = await Claim("", count, full, cancel); // round to the first again
        last = due.Count < count ? "" : TurnOf(due.MaxBy(one => one.Key, StringComparer.Ordinal)!.Key);
        return due;
    }

    private async Task<List<Due>> Claim(string after, int count, string[] full, CancellationToken cancel)
    {
        // From tenant to tenant by the index, however many notes each has.
        await using var command = dataSource.CreateCommand($"""
            WITH RECURSIVE walk (tenant) AS (
                SELECT min(left(object_key, 36)) FROM {table} WHERE left(object_key, 36) > $1
                UNION ALL
                SELECT (SELECT min(left(q.object_key, 36)) FROM {table} q WHERE left(q.object_key, 36) > walk.tenant) FROM walk WHERE walk.tenant IS NOT NULL
            ), chosen AS MATERIALIZED (
                SELECT one.id FROM walk CROSS JOIN LATERAL (
                    SELECT q.id FROM {table} q WHERE left(q.object_key, 36) = walk.tenant AND q.due_at <= now() ORDER BY q.due_at LIMIT 1 FOR UPDATE SKIP LOCKED) one
                WHERE walk.tenant <> ALL ($3) LIMIT $2
            )
            UPDATE {table} AS note SET attempts = attempts + 1, due_at = now() + $4 FROM chosen WHERE note.id = chosen.id
            RETURNING note.id, note.object_key, to_jsonb(note) ->> 'store_upload'
            """);
        command.Parameters.Add(TenantRows.Parameter(after));
        command.Parameters.Add(TenantRows.Parameter(count));
        command.Parameters.Add(TenantRows.Parameter(full));
        command.Parameters.Add(TenantRows.Parameter(holds));
        var due = new List<Due>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            due.Add(new Due(reader.GetGuid(0), reader.GetString(1), reader.GetStringOrNull(2)));
        return due;
    }

    private static string TurnOf(string key) => key[..36];

    private async Task<bool> WorkOff(Due due, CancellationToken cancel)
    {
        var isDone = await Try(due, cancel);
        await using var command = dataSource.CreateCommand(isDone ? $"DELETE FROM {table} WHERE id = $1"
            : $"UPDATE {table} SET due_at = now() + least($2, interval '5 seconds' * power(2, least(attempts, 20) - 1)) WHERE id = $1");
        command.Parameters.Add(TenantRows.Parameter(due.Id));
        if (!isDone)
            command.Parameters.Add(TenantRows.Parameter(waits));
        await command.ExecuteNonQueryAsync(cancel);
        return isDone;
    }

    private async Task Guarded(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested)
                NotRead(log, table, e.Message);
        }
    }

    private async Task<bool> Try(Due due, CancellationToken cancel)
    {
        using var span = Work.Begin($"work off {table}", StoredFile.TenantOf(due.Key));
        try
        {
            await Handle(due, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            NotDone(log, table, e.Message); // and the others are not held up by it
            return false;
        }
    }

    /// <param name="Id">of the note</param>
    /// <param name="Key">of the object</param>
    /// <param name="Upload">as the store calls an object that never became whole</param>
    protected sealed record Due(Guid Id, string Key, string? Upload);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "A note of {Table} could not be worked off; it is tried again: {Reason}")]
    private static partial void NotDone(ILogger log, string table, string reason);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "The notes of {Table} could not be read; it is tried again: {Reason}")]
    private static partial void NotRead(ILogger log, string table, string reason);
}
