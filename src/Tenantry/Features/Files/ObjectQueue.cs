using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files;

/// <summary>An entry of a queue of objects.</summary>
/// <param name="Tenant">The tenant in the key of the object.</param>
/// <param name="Id">The id of the entry.</param>
/// <param name="Attempts">The number of attempts, including this one.</param>
/// <param name="Key">The key of the object.</param>
/// <param name="Upload">The store's id of an incomplete multipart upload. Null: the object is complete.</param>
public sealed record ObjectWork(Guid Tenant, Guid Id, int Attempts, string Key, string? Upload)
    : WorkItem(Tenant, Id, Attempts);

/// <summary>
/// A queue of objects. Triggers of the database insert the entries in the transaction of the change that requires them.
/// </summary>
/// <param name="dataSource">The database that contains the queue.</param>
/// <param name="table">The table of the queue, which is its name in change notifications too.</param>
/// <param name="lanes">How many entries are processed at the same time.</param>
/// <param name="rule">How often an entry is tried.</param>
/// <param name="feed">Reports new entries.</param>
/// <param name="meters">Count entries that failed permanently.</param>
/// <param name="log">Receives failed attempts.</param>
public abstract class ObjectQueue(
    NpgsqlDataSource dataSource,
    string table,
    WorkQueueLimits lanes,
    RetryPolicy rule,
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

    protected sealed override async Task Process(ObjectWork item, CancellationToken cancel)
    {
        await Perform(item, cancel);
        await using var command = dataSource.CreateCommand($"DELETE FROM {Name} WHERE id = $1 AND attempts = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Attempts });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// Must be idempotent: a worker may stop after this and before the entry is deleted, and then it is called again.
    /// </summary>
    protected abstract Task Perform(ObjectWork item, CancellationToken cancel);

    protected override async Task RecordFailure(ObjectWork item, TimeSpan? again, string kind, CancellationToken cancel)
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
