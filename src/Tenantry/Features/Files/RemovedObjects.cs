using Npgsql;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Stores;

namespace Tenantry.Features.Files;

/// <summary>
/// Takes objects out of the store whose files are gone. The database notes each where a row goes, in the transaction in which it goes.
/// </summary>
public sealed class RemovedObjects(NpgsqlDataSource dataSource, IObjectStore store, ChangeFeed feed, ILogger<RemovedObjects> log)
    : ObjectQueue(dataSource, feed, "object_removals", lanes: 16, holds: TimeSpan.FromMinutes(5), waits: TimeSpan.FromHours(1), log)
{
    private readonly NpgsqlDataSource dataSource = dataSource;

    /// <summary>Uploads that nobody completed: their rows go, and what has arrived with them.</summary>
    public override async Task Sweep(CancellationToken cancel)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Doors.SweepUploads}(1000)");
        await command.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task Handle(Due due, CancellationToken cancel)
    {
        if (due.Upload is not null)
            await store.AbortParts(due.Key, due.Upload, cancel);
        await store.Delete(due.Key, cancel);
    }
}
