using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Stores;

namespace Tenantry.Features.Files;

/// <summary>
/// Takes objects out of the store whose files are gone. The database notes each where a row goes, in the transaction in which it goes; here it is tried until it is done.
/// </summary>
public sealed partial class RemovedObjects(NpgsqlDataSource dataSource, IObjectStore store, ChangeFeed feed, ILogger<RemovedObjects> log) : BackgroundService
{
    private const int Bite = 50;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim news = new(0, 1);

    public override void Dispose()
    {
        news.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        feed.Listen("object_removals", (_, _) =>
        {
            // The feed tells one thing at a time.
            if (news.CurrentCount == 0)
                news.Release();
        });
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Sweep(stoppingToken);
                while (await Some(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                NotRead(log, e.Message);
            }
            await news.WaitAsync(Round, stoppingToken);
        }
    }

    /// <summary>Uploads that nobody completed: their rows go, and what has arrived with them.</summary>
    public async Task Sweep(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Doors.SweepUploads}(1000)");
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>how many are done</returns>
    public async Task<int> Some(CancellationToken cancel)
    {
        var due = new List<(Guid Id, string Key, string? Upload)>(Bite);
        // Held for as long as a try may take; one that fails comes again, later each time.
        await using (var command = dataSource.CreateCommand("""
            UPDATE object_removals SET attempts = attempts + 1, due_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(attempts, 10)))
            WHERE id = ANY (ARRAY(SELECT id FROM object_removals WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id, object_key, store_upload
            """))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Bite });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                due.Add((reader.GetGuid(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetString(2)));
        }
        var done = new List<Guid>(due.Count);
        foreach (var (id, key, upload) in due)
        {
            try
            {
                if (upload is not null)
                    await store.AbortParts(key, upload, cancel);
                await store.Delete(key, cancel);
                done.Add(id);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                NotRemoved(log, store.Name, e.Message); // and the others are not held up by it
            }
        }
        await using var end = dataSource.CreateCommand("DELETE FROM object_removals WHERE id = ANY ($1)");
        end.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. done] });
        await end.ExecuteNonQueryAsync(cancel);
        return done.Count;
    }

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "An object could not be removed from the store {Store}; it is tried again: {Reason}")]
    private static partial void NotRemoved(ILogger log, string store, string reason);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "What is to be removed from the store could not be read; it is tried again: {Reason}")]
    private static partial void NotRead(ILogger log, string reason);
}
