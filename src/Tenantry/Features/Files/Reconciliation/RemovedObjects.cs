using System.Diagnostics.Metrics;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>
/// Takes objects out of the store whose files are gone. The database notes each where a row goes, in the transaction in
/// which it goes.
/// One that the store does not let go is given up after about four days; then it is an object without a file, which the
/// next night's reconciling finds and notes anew.
/// </summary>
public sealed class RemovedObjects(
    NpgsqlDataSource dataSource,
    IObjectStore store,
    ChangeFeed feed,
    IMeterFactory meters,
    ILogger<RemovedObjects> log
)
    : ObjectQueue(
        dataSource,
        "object_removals",
        new WorkLanes(8, LanesPerTenant: 4, Lease: TimeSpan.FromMinutes(5)),
        new RetryRule(100, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        feed,
        meters,
        log
    )
{
    private readonly NpgsqlDataSource dataSource = dataSource;

    /// <summary>Uploads that nobody completed: their rows go, and what has arrived with them.</summary>
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
