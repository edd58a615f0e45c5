using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// Copies the objects of an archive's files. An archive contains rows and no objects: the operator first copies the
/// objects to the store under their old keys. The import gives each file a new key and copies its object there before
/// it commits the row. The object under the old key is deleted afterwards.
/// </summary>
internal sealed class ArchivedObjects(IObjectStore store, ImportContext context)
{
    private const int BatchSize = 500;
    private const int Parallelism = 8;

    // Two keys for each object: a million objects need some dozens of megabytes.
    private readonly ConcurrentBag<(string Old, string New)> copied = [];
    private long missing;

    /// <summary>The number of objects that were copied to their new keys.</summary>
    public long Copied => copied.Count;

    /// <summary>The number of files whose object is missing in the store, or has another size.</summary>
    public long Missing => missing;

    /// <summary>Copies the objects of all files that the tenant does not have yet.</summary>
    /// <exception cref="InvalidArchiveException">a row is refused, or names the object of an existing file</exception>
    /// <exception cref="StoreException">the object store is not available: call <see cref="Undo"/></exception>
    public async Task Copy(TenantDb db, ArchiveFile archive, ArchivedRows files, CancellationToken cancel)
    {
        await foreach (var batch in Files(archive, files, cancel).Chunk(BatchSize).WithCancellation(cancel))
        {
            var existing = await Existing(db, batch, cancel);
            var absent = batch.Where(file => !existing.ContainsKey(file.Id)).ToList();
            if (absent.Count == 0)
                continue;
            if ((await KeysInUse(db, absent, cancel)).Count > 0)
                throw new InvalidArchiveException("one of its files has the object of another file");
            await ForEach(absent, (file, stop) => Copy(file, context.NewKey(file.Key), stop), cancel);
        }
    }

    /// <summary>Copies the objects that were put into the store after their rows were imported.</summary>
    public async Task CopyLater(TenantDb db, ArchiveFile archive, ArchivedRows files, CancellationToken cancel)
    {
        await foreach (var batch in Files(archive, files, cancel).Chunk(BatchSize).WithCancellation(cancel))
        {
            var existing = await Existing(db, batch, cancel);
            var imported = batch.Where(file => existing.TryGetValue(file.Id, out var key) && key != file.Key).ToList();
            var inUse = await KeysInUse(db, imported, cancel);
            await ForEach(
                imported.Where(file => !inUse.Contains(file.Key)),
                async (file, stop) =>
                {
                    if (await store.Find(existing[file.Id], stop) is null)
                        await Copy(file, existing[file.Id], stop);
                },
                cancel
            );
        }
    }

    /// <summary>
    /// After a failed import: deletes the new objects. The nightly reconciliation deletes those that remain.
    /// </summary>
    public Task Undo() => Delete(pair => pair.New);

    /// <summary>After the commit: deletes the objects under the old keys, which no row refers to any more.</summary>
    public Task DeleteOld() => Delete(pair => pair.Old);

    private static IAsyncEnumerable<ArchivedFile> Files(
        ArchiveFile archive,
        ArchivedRows files,
        CancellationToken cancel
    ) =>
        files.Read(
            archive,
            row => new ArchivedFile(
                row.Values.GetProperty("id").GetGuid(),
                row.Text("file_key") ?? throw new InvalidArchiveException("one of its files has no object key"),
                row.Values.GetProperty("file_size").GetInt64()
            ),
            cancel
        );

    private static async Task<Dictionary<Guid, string>> Existing(
        TenantDb db,
        ArchivedFile[] files,
        CancellationToken cancel
    )
    {
        var ids = files.Select(file => file.Id).ToArray();
        return (
            await db
                .Database.SqlQuery<ExistingFile>(
                    $"SELECT id, file_key AS key FROM files WHERE tenant_id = {db.Tenant} AND id = ANY({ids})"
                )
                .ToListAsync(cancel)
        ).ToDictionary(file => file.Id, file => file.Key);
    }

    /// <summary>
    /// Attack: an archive names the object of an existing file, and the import deletes it. Returns such keys.
    /// </summary>
    private static async Task<HashSet<string>> KeysInUse(
        TenantDb db,
        IReadOnlyCollection<ArchivedFile> files,
        CancellationToken cancel
    )
    {
        var keys = files.Select(file => file.Key).ToArray();
        return
        [
            .. await db
                .Database.SqlQuery<string>(
                    $"""
                    SELECT file_key AS "Value" FROM files WHERE tenant_id = {db.Tenant} AND file_key = ANY({keys})
                    UNION ALL SELECT object_key FROM file_uploads WHERE tenant_id = {db.Tenant} AND object_key = ANY({keys})
                    UNION ALL SELECT object_key FROM resumable_parts WHERE tenant_id = {db.Tenant} AND object_key = ANY({keys})
                    """
                )
                .ToListAsync(cancel),
        ];
    }

    private async Task Copy(ArchivedFile file, string to, CancellationToken cancel)
    {
        if (await store.Find(file.Key, cancel) is { } found && found.Size == file.Size)
        {
            await store.Copy(file.Key, to, cancel);
            copied.Add((file.Key, to));
        }
        else
            Interlocked.Increment(ref missing);
    }

    private static Task ForEach(
        IEnumerable<ArchivedFile> files,
        Func<ArchivedFile, CancellationToken, Task> work,
        CancellationToken cancel
    ) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancel },
            async (file, stop) => await work(file, stop)
        );

    private Task Delete(Func<(string Old, string New), string> which) =>
        Parallel.ForEachAsync(
            copied,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism },
            async (pair, _) =>
            {
                try
                {
                    await store.Delete(which(pair), CancellationToken.None);
                }
                catch (StoreException)
                {
                    // The reconciliation of files deletes it later.
                }
            }
        );

    private sealed record ArchivedFile(Guid Id, string Key, long Size);

    private sealed record ExistingFile(Guid Id, string Key);
}
