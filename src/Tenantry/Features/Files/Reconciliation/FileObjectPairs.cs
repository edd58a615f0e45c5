using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>
/// Joins the files of all tenants with the objects of the store. Both are read in the order of their keys, with one
/// page of each in memory, so that memory does not grow with their number.
/// </summary>
public sealed class FileObjectPairs(
    NpgsqlDataSource dataSource,
    IDbContextFactory<TenantDb> contexts,
    IObjectStore store
)
{
    public const int PageSize = 1_000;

    /// <returns>Each file with its object, each file without an object, and each object without a file.</returns>
    public async IAsyncEnumerable<(ReconciledFile? File, StoredObject? Stored)> Of(
        ReconciliationRun run,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var files = Files(run, cancel).GetAsyncEnumerator(cancel);
        await using var objects = Objects(run, cancel).GetAsyncEnumerator(cancel);
        var (hasFile, hasObject) = (await files.MoveNextAsync(), await objects.MoveNextAsync());
        while (hasFile || hasObject)
        {
            var order =
                !hasFile ? 1
                : !hasObject ? -1
                : string.CompareOrdinal(files.Current.Key, objects.Current.Key);
            yield return (order <= 0 ? files.Current : null, order >= 0 ? objects.Current : null);
            if (order <= 0)
            {
                run.Files++;
                hasFile = await files.MoveNextAsync();
            }
            if (order >= 0)
                hasObject = await objects.MoveNextAsync();
        }
    }

    private async IAsyncEnumerable<ReconciledFile> Files(
        ReconciliationRun run,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
        {
            var after = "";
            List<ReconciledFile> page;
            do
            {
                page = [];
                await run.Guard(tenant, async () => page = await PageOf(tenant, after, cancel));
                foreach (var file in page)
                    yield return file;
                after = page.Count > 0 ? page[^1].Key : after;
            } while (page.Count == PageSize);
        }
    }

    /// <summary>Keys consist of digits and lower-case letters, which every collation sorts in the same order.</summary>
    private async Task<List<ReconciledFile>> PageOf(Guid tenant, string after, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        return await db.Set<StoredFile>()
            .AsNoTracking()
            .Where(file => file.FileKey.CompareTo(after) > 0)
            .OrderBy(file => file.FileKey)
            .Take(PageSize)
            .Select(file => new ReconciledFile(
                file.TenantId,
                file.Id,
                file.FileKey,
                file.FileSize,
                file.Sha256,
                file.CreatedAt
            ))
            .ToListAsync(cancel);
    }

    private async IAsyncEnumerable<StoredObject> Objects(
        ReconciliationRun run,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var last = "";
        await foreach (var stored in store.List("", cancel))
        {
            // In another order, objects of existing files would look like orphans, and would be removed.
            if (string.CompareOrdinal(stored.Key, last) <= 0)
                throw new StoreException("The store does not list its objects in the order of their keys.");
            last = stored.Key;
            if (
                IObjectStore.IsKey(stored.Key)
                && !stored.Key.StartsWith(IObjectStore.OwnPrefix, StringComparison.Ordinal)
            )
            {
                run.Objects++;
                yield return stored;
            }
            else
            {
                run.Others++;
            }
        }
    }
}
