using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>
/// Removes the objects of deleted files and uploads from the store. A trigger queues each object in the transaction
/// that deletes its row. A removal that keeps failing ends after about four days. Then the object is an orphan, which
/// the next nightly reconciliation finds and queues again.
/// </summary>
public sealed class ObjectRemovalWorker(
    NpgsqlDataSource dataSource,
    IObjectStore store,
    ChangeFeed feed,
    IMeterFactory meters,
    ILogger<ObjectRemovalWorker> log
)
    : ObjectQueue(
        dataSource,
        "object_removals",
        new WorkQueueLimits(8, LanesPerTenant: 4, Lease: TimeSpan.FromMinutes(5)),
        new RetryPolicy(100, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        feed,
        meters,
        log
    )
{
    private readonly NpgsqlDataSource dataSource = dataSource;

    /// <summary>Deletes expired uploads. Their triggers queue the objects that have arrived.</summary>
    public override async Task Sweep(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {DatabaseFunctions.SweepUploads}(1000)");
        await command.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task Perform(ObjectWork item, CancellationToken cancel)
    {
        if (item.Upload is not null)
            await store.AbortParts(item.Key, item.Upload, cancel);
        await store.Delete(item.Key, cancel);
    }
}
