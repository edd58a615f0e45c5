using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>An object to which something has to be done.</summary>
/// <param name="Tenant">whose it is, by its key</param>
/// <param name="Id">of the note</param>
/// <param name="Attempts">this one included</param>
/// <param name="Key">of the object</param>
/// <param name="Upload">as the store calls an object that never became whole; null: it did</param>
public sealed record ObjectWork(Guid Tenant, Guid Id, int Attempts, string Key, string? Upload)
    : WorkItem(Tenant, Id, Attempts);

/// <summary>What has to be done to objects, as the database notes it in a table, in the transactions that make it
/// necessary.</summary>
/// <param name="dataSource">where the notes are</param>
/// <param name="table">of the notes, and what the feed calls them</param>
/// <param name="lanes">how many are worked on at a time</param>
/// <param name="rule">how often each is tried</param>
/// <param name="feed">tells of new ones</param>
/// <param name="meters">count those that are given up</param>
/// <param name="log">of what did not succeed</param>
public abstract class ObjectQueue(
    NpgsqlDataSource dataSource,
    string table,
    WorkLanes lanes,
    RetryRule rule,
    ChangeFeed feed,
    IMeterFactory meters,
    ILogger log
) : WorkQueue<ObjectWork>(table, lanes, rule, feed, meters, log)
{
    protected override async Task<IReadOnlyList<ObjectWork>> Claim(
        int most,
        Guid served,
        Guid[] full,
        TimeSpan lease,
        CancellationToken cancel
    )
    {
        var due = new List<ObjectWork>();
        await using var command = dataSource.CreateCommand(
            $"SELECT id, object_key, store_upload, attempts FROM {DatabaseFunctions.ClaimObjectWork}($1, $2, $3, $4, $5)"
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = served });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = full });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var key = reader.GetString(1);
            var upload = await reader.IsDBNullAsync(2, cancel) ? null : reader.GetString(2);
            due.Add(new ObjectWork(StoredFile.TenantOf(key), reader.GetGuid(0), reader.GetInt32(3), key, upload));
        }
        return due;
    }

    protected sealed override async Task Handle(ObjectWork item, CancellationToken cancel)
    {
        await Perform(item, cancel);
        await using var command = dataSource.CreateCommand($"DELETE FROM {Name} WHERE id = $1 AND attempts = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Attempts });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Twice does no harm: whoever did it may have ended before it was written down.</summary>
    protected abstract Task Perform(ObjectWork item, CancellationToken cancel);

    protected override async Task Fail(ObjectWork item, TimeSpan? again, string kind, CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            UPDATE {Name} SET due_at = coalesce(now() + $3, 'infinity'), failed_at = CASE WHEN $3 IS NULL THEN now() END, last_error = $4 WHERE id = $1 AND attempts = $2
            """
        );
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Attempts });
        object pause = again is { } wait ? wait : DBNull.Value;
        command.Parameters.Add(new NpgsqlParameter { Value = pause, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Interval });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
