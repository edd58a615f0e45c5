using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Observability;

namespace Tenantry.Features.Files;

/// <summary>
/// What has to be done to objects, as the database notes it in a table, in the transactions that make it necessary. It is tried until it is done, by whichever instance comes to it:
/// one at a time has a note, and where that one dies another has it later.
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

    private readonly SemaphoreSlim news = new(0, 1);

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <returns>how many are done; those that failed come again, later each time</returns>
    public async Task<int> Some(CancellationToken cancel)
    {
        var due = new List<Due>();
        await using (var command = dataSource.CreateCommand($"""
            UPDATE {table} AS note SET attempts = attempts + 1, due_at = now() + $2
            WHERE id = ANY (ARRAY(SELECT id FROM {table} WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id, object_key, to_jsonb(note) ->> 'store_upload'
            """))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = lanes });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = holds });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                due.Add(new Due(reader.GetGuid(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetString(2)));
        }
        var done = await Task.WhenAll(due.Select(one => Try(one, cancel)));
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"DELETE FROM {table} WHERE id = ANY ($1)") { Parameters = { Of(isDone: true) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"UPDATE {table} SET due_at = now() + least($2, interval '5 seconds' * power(2, least(attempts, 20) - 1)) WHERE id = ANY ($1)")
        {
            Parameters = { Of(isDone: false), new NpgsqlParameter<TimeSpan> { TypedValue = waits } },
        });
        await batch.ExecuteNonQueryAsync(cancel);
        return done.Count(isDone => isDone);

        NpgsqlParameter Of(bool isDone) => new NpgsqlParameter<Guid[]> { TypedValue = [.. due.Zip(done).Where(pair => pair.Second == isDone).Select(pair => pair.First.Id)] };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Listen(table, (_, _) =>
        {
            // The feed tells one thing at a time.
            if (news.CurrentCount == 0)
                news.Release();
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            using var round = Work.Round($"look for {table}");
            try
            {
                await Sweep(stoppingToken);
                while (await Some(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                NotRead(log, table, e.Message);
            }
            await news.WaitAsync(Round, stoppingToken);
        }
    }

    /// <summary>What only time makes necessary.</summary>
    public virtual Task Sweep(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Whatever it throws, it is tried again.</summary>
    protected abstract Task Handle(Due due, CancellationToken cancel);

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
