using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Files.Reconciliation;

/// <summary>Counts the files and bytes of each tenant, and corrects wrong counts.</summary>
public sealed class StorageRecount(NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts)
{
    public async Task Correct(ReconciliationRun run, CancellationToken cancel)
    {
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
            await run.Guard(tenant, () => Correct(run, tenant, cancel));
    }

    /// <summary>
    /// Locks the row of the count while the files are counted. A transaction that creates a file meanwhile waits, and
    /// is added to the corrected count.
    /// </summary>
    private async Task Correct(ReconciliationRun run, Guid tenant, CancellationToken cancel)
    {
        run.Tenants++;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        var counted = await db.Set<StorageCount>()
            .FromSql($"SELECT * FROM storage_counts FOR UPDATE")
            .SingleOrDefaultAsync(cancel);
        var (files, bytes) = (
            await db.Set<StoredFile>().LongCountAsync(cancel),
            await db.Set<StoredFile>().SumAsync(file => file.FileSize, cancel)
        );
        if (files == (counted?.Files ?? 0) && bytes == (counted?.Bytes ?? 0))
            return;
        run.Report(FileReconciler.Kind.Miscounted, tenant.ToString(), null);
        if (run.Terms.IsDry)
            return;
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO storage_counts (tenant_id, files, bytes) VALUES ({tenant}, {files}, {bytes}) ON CONFLICT (tenant_id) DO UPDATE SET files = excluded.files, bytes = excluded.bytes",
            cancel
        );
        await transaction.CommitAsync(cancel);
    }
}
