using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>Finds objects to which no file, upload or removal belongs, and queues their removal.</summary>
public sealed class OrphanObjects(NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts)
{
    private const int MaxRemovedPerRun = 10_000;

    /// <summary>So many orphans are removed whatever their share of all objects is.</summary>
    private const int AlwaysRemovable = 100;

    /// <summary>Collects an object that had no file when the files of its tenant were read.</summary>
    public async Task Suspect(ReconciliationRun run, string key, CancellationToken cancel)
    {
        var isOfOtherTenant =
            run.Suspects.Count > 0 && StoredFile.TenantOf(run.Suspects[0]) != StoredFile.TenantOf(key);
        if (isOfOtherTenant || run.Suspects.Count == FileObjectPairs.PageSize)
            await Confirm(run, cancel);
        run.Suspects.Add(key);
    }

    /// <summary>
    /// Queries the rows of the collected objects, which all belong to one tenant, again. Objects that still have no row
    /// are orphans.
    /// </summary>
    public async Task Confirm(ReconciliationRun run, CancellationToken cancel)
    {
        if (run.Suspects.Count == 0)
            return;
        var keys = run.Suspects.ToArray();
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(StoredFile.TenantOf(keys[0]));
        var existing = await db.Set<StoredFile>()
            .Where(file => keys.Contains(file.FileKey))
            .Select(file => file.FileKey)
            .Concat(
                db.Set<FileUpload>().Where(upload => keys.Contains(upload.ObjectKey)).Select(upload => upload.ObjectKey)
            )
            .Concat(db.Set<ResumablePart>().Where(part => keys.Contains(part.ObjectKey)).Select(part => part.ObjectKey))
            .Concat(
                db.Set<ObjectRemoval>()
                    .Where(removal => removal.FailedAt == null && keys.Contains(removal.ObjectKey))
                    .Select(removal => removal.ObjectKey)
            )
            .ToListAsync(cancel);
        foreach (var key in keys.Except(existing, StringComparer.Ordinal))
        {
            run.Report(FileReconciler.Kind.Orphan, key, null);
            if (run.Orphans.Count < MaxRemovedPerRun)
                run.Orphans.Add(key);
        }
        run.Suspects.Clear();
    }

    /// <summary>
    /// Whether the orphans are so many that an operator must decide: the bucket may be that of another installation, or
    /// the database may be restored from an old backup.
    /// </summary>
    public bool AreTooMany(ReconciliationRun run) =>
        !run.Terms.IsDry
        && !run.Terms.EvenIfMany
        && run.Found[FileReconciler.Kind.Orphan] > AlwaysRemovable
        && run.Found[FileReconciler.Kind.Orphan] > run.Objects / 10;

    /// <returns>The number of objects whose removal was queued.</returns>
    public async Task<int> Remove(ReconciliationRun run, CancellationToken cancel)
    {
        if (run.Orphans.Count == 0)
            return 0;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand(
                "INSERT INTO object_removals (id, object_key, attempts, due_at) SELECT gen_random_uuid(), key, 0, now() FROM unnest($1) AS key"
            )
            {
                Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. run.Orphans] } },
            }
        );
        batch.BatchCommands.Add(new NpgsqlBatchCommand("NOTIFY tenantry_changes, 'object_removals due'"));
        await batch.ExecuteNonQueryAsync(cancel);
        return run.Orphans.Count;
    }
}
