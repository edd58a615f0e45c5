using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Files.Uploads;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Storage;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>Aborts multipart uploads in the store whose upload has no row any more.</summary>
public sealed class UnfinishedObjects(IDbContextFactory<TenantDb> contexts, IObjectStore store)
{
    public async Task Abort(ReconciliationRun run, CancellationToken cancel)
    {
        await foreach (var unfinished in store.Unfinished(cancel))
        {
            if (unfinished.At >= run.Before)
                continue;
            if (IObjectStore.IsKey(unfinished.Key))
            {
                var tenant = StoredFile.TenantOf(unfinished.Key);
                await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
                if (await db.Set<FileUpload>().AnyAsync(upload => upload.ObjectKey == unfinished.Key, cancel))
                    continue;
            }
            else if (unfinished.Key.Length > 0)
            {
                continue; // the service did not create this key
            }
            run.Report(
                FileReconciler.Kind.Unfinished,
                unfinished.Key.Length > 0 ? unfinished.Key : unfinished.Upload,
                null
            );
            if (!run.Terms.IsDry)
                await store.AbortParts(unfinished.Key, unfinished.Upload, cancel);
        }
    }
}
