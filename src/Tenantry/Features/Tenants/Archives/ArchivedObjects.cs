using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Tenants.Archives;

/// <summary>
/// The objects of an archive's files. An archive has rows and no bytes: whoever brings it in puts the objects into the store first, under the keys that they had. Each file gets a new key
/// here, and its object is copied to it before the row is committed; the object under the old key goes afterwards.
/// </summary>
internal sealed class ArchivedObjects(IObjectStore store, ArchiveTerms terms)
{
    private const int Bite = 500;
    private const int AtOnce = 8;

    // Two ids for each object: a million of them take some dozens of megabytes.
    private readonly ConcurrentBag<(string Old, string New)> copied = [];
    private long missing;

    /// <summary>How many objects have their new keys.</summary>
    public long Copied => copied.Count;

    /// <summary>How many files have no object in the store, or one of another size.</summary>
    public long Missing => missing;

    /// <summary>Copies the objects of all files of the archive that the tenant does not have yet.</summary>
    /// <exception cref="BrokenArchiveException">a row is refused, or names the object of a file that lives</exception>
    /// <exception cref="StoreException">the store is away: <see cref="Undo"/></exception>
    public async Task Copy(TenantDb db, ArchiveFile archive, ArchivedRows files, CancellationToken cancel)
    {
        await foreach (var bite in Files(archive, files, cancel).Chunk(Bite).WithCancellation(cancel))
        {
            var present = await Present(db, bite, cancel);
            var absent = bite.Where(file => !present.ContainsKey(file.Id)).ToList();
            if (absent.Count == 0)
                continue;
            if ((await Living(db, absent, cancel)).Count > 0)
                throw new BrokenArchiveException("a file of it has the object of another file");
            await Each(absent, (file, stop) => Move(file, terms.NewKey(file.Key), stop), cancel);
        }
    }

    /// <summary>Copies the objects that came into the store later than their rows came into the database.</summary>
    public async Task CopyLater(TenantDb db, ArchiveFile archive, ArchivedRows files, CancellationToken cancel)
    {
        await foreach (var bite in Files(archive, files, cancel).Chunk(Bite).WithCancellation(cancel))
        {
            var present = await Present(db, bite, cancel);
            var ours = bite.Where(file => present.TryGetValue(file.Id, out var key) && key != file.Key).ToList();
            var living = await Living(db, ours, cancel);
            await Each(
                ours.Where(file => !living.Contains(file.Key)),
                async (file, stop) =>
                {
                    if (await store.Find(present[file.Id], stop) is null)
                        await Move(file, present[file.Id], stop);
                },
                cancel
            );
        }
    }

    /// <summary>The rows did not come in: their objects go again. What cannot be deleted now has no row, and goes at night.</summary>
    public Task Undo() => Delete(pair => pair.New);

    /// <summary>The rows are committed: nothing names the old keys any more.</summary>
    public Task Settle() => Delete(pair => pair.Old);

    private static IAsyncEnumerable<ArchivedFile> Files(
        ArchiveFile archive,
        ArchivedRows files,
        CancellationToken cancel
    ) =>
        files.Read(
            archive,
            row => new ArchivedFile(
                row.Values.GetProperty("id").GetGuid(),
                row.Text("file_key") ?? throw new BrokenArchiveException("a file of it has no object"),
                row.Values.GetProperty("file_size").GetInt64()
            ),
            cancel
        );

    private static async Task<Dictionary<Guid, string>> Present(
        TenantDb db,
        ArchivedFile[] files,
        CancellationToken cancel
    )
    {
        var ids = files.Select(file => file.Id).ToArray();
        return (
            await db
                .Database.SqlQuery<PresentFile>(
                    $"SELECT id, file_key AS key FROM files WHERE tenant_id = {db.Tenant} AND id = ANY({ids})"
                )
                .ToListAsync(cancel)
        ).ToDictionary(file => file.Id, file => file.Key);
    }

    /// <summary>Those of the keys that something of the tenant has: its objects are its own.</summary>
    private static async Task<HashSet<string>> Living(
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

    private async Task Move(ArchivedFile file, string to, CancellationToken cancel)
    {
        if (await store.Find(file.Key, cancel) is { } there && there.Size == file.Size)
        {
            await store.Copy(file.Key, to, cancel);
            copied.Add((file.Key, to));
        }
        else
            Interlocked.Increment(ref missing);
    }

    private static Task Each(
        IEnumerable<ArchivedFile> files,
        Func<ArchivedFile, CancellationToken, Task> work,
        CancellationToken cancel
    ) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (file, stop) => await work(file, stop)
        );

    private Task Delete(Func<(string Old, string New), string> which) =>
        Parallel.ForEachAsync(
            copied,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (pair, _) =>
            {
                try
                {
                    await store.Delete(which(pair), CancellationToken.None);
                }
                catch (StoreException)
                {
                    // Reconciling finds it.
                }
            }
        );

    private sealed record ArchivedFile(Guid Id, string Key, long Size);

    private sealed record PresentFile(Guid Id, string Key);
}
