using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// Limits the bytes that a tenant stores. The files count, the reserved sizes of open uploads, and the bytes of ended
/// uploads until they are removed. A deleted file counts again when its object is still in the store a minute later.
/// </summary>
public static class StorageQuota
{
    /// <summary>
    /// An SQL expression for the bytes that count. The first parameter of the statement is the tenant.
    /// </summary>
    public const string UsedSql = """
        (coalesce((SELECT bytes FROM storage_counts WHERE tenant_id = {0}), 0)
         + coalesce((SELECT sum(file_size) FROM file_uploads WHERE tenant_id = {0}), 0)
         + coalesce((SELECT sum(file_size) FROM resumable_uploads WHERE tenant_id = {0} AND NOT is_file), 0)
         + coalesce((SELECT sum(bytes) FROM object_removals WHERE split_part(object_key, '/', 1) COLLATE "C" = {0}::text AND counts_from <= now()), 0))::bigint
        """;

    /// <summary>
    /// Counts a new file and checks the quota. The row lock on the count is kept until the transaction ends: without it
    /// two uploads at the same time could pass the limit together.
    /// </summary>
    /// <param name="db">The context, in the transaction that creates the file.</param>
    /// <param name="settings">The settings of the installation.</param>
    /// <param name="tenant">The tenant that owns the file.</param>
    /// <param name="bytes">The size of the file in bytes.</param>
    /// <param name="isReserved">Whether the bytes were reserved when the upload began.</param>
    /// <param name="cancel">Cancels the statement.</param>
    /// <returns>The refusal. Null: there is room, and the file is counted.</returns>
    public static async Task<OverQuota?> CountFile(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        long bytes,
        bool isReserved,
        CancellationToken cancel
    )
    {
        var fileBytes = await db
            .Database.SqlQuery<long>(
                $"""
                INSERT INTO storage_counts AS c (tenant_id, files, bytes) VALUES ({tenant.Id}, 1, {bytes})
                ON CONFLICT (tenant_id) DO UPDATE SET files = c.files + 1, bytes = c.bytes + excluded.bytes RETURNING bytes AS "Value"
                """
            )
            .ToListAsync(cancel);
        if (settings.QuotaOf(tenant.SubscriptionTier).StorageBytes is not { } allowed)
            return null;
        // Read after the lock is acquired, so that reservations that were committed during the wait are seen.
        var used = isReserved ? fileBytes[0] : await Used(db, tenant.Id, cancel);
        return used > allowed ? Exceeded(used - bytes, allowed) : null;
    }

    /// <summary>
    /// Checks the quota for an upload that begins. The row of the upload, inserted in the same transaction, reserves
    /// its bytes.
    /// </summary>
    /// <returns>The refusal. Null: there is room.</returns>
    public static async Task<OverQuota?> Reserve(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        long bytes,
        CancellationToken cancel
    )
    {
        if (settings.QuotaOf(tenant.SubscriptionTier).StorageBytes is not { } allowed)
            return null;
        // Changes nothing: it locks the row until the transaction ends, so that reservations are made one at a time.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO storage_counts AS c (tenant_id, files, bytes) VALUES ({tenant.Id}, 0, 0) ON CONFLICT (tenant_id) DO UPDATE SET files = c.files
            """,
            cancel
        );
        var used = await Used(db, tenant.Id, cancel);
        return used + bytes > allowed ? Exceeded(used, allowed) : null;
    }

    /// <summary>
    /// Runs in the transaction that creates a file from an upload. From then on the bytes count for the file. The
    /// objects of the upload count only when they are still in the store a minute later.
    /// </summary>
    public static Task<int> DeferRemovedObjects(TenantDb db, Guid tenant, string[] keys, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE object_removals SET counts_from = now() + interval '1 minute' WHERE split_part(object_key, '/', 1) COLLATE "C" = {tenant}::text AND object_key = ANY ({keys})
            """,
            cancel
        );

    /// <summary>Subtracts a file, in the transaction that deletes it.</summary>
    public static Task<int> SubtractFile(TenantDb db, long bytes, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"UPDATE storage_counts SET files = files - 1, bytes = bytes - {bytes}", cancel);

    public static OverQuota Exceeded(long used, long allowed) =>
        Problems.OverQuota(
            $"The subscription allows {allowed} bytes of files, and {used} are used, including open and ended uploads. Delete files or cancel uploads first.",
            new QuotaUse("storage_bytes", used, allowed)
        );

    private static async Task<long> Used(TenantDb db, Guid tenant, CancellationToken cancel) =>
        (await db.Database.SqlQueryRaw<long>($"SELECT {UsedSql} AS \"Value\"", tenant).ToListAsync(cancel))[0];
}
