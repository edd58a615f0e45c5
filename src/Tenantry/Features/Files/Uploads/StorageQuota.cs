using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Files.Uploads;

/// <summary>
/// How much a tenant may keep. What counts is what the store may hold for it: the files, the announced sizes of uploads
/// under way, and the bytes of ended uploads until they are removed. Deleted files count again where the store still has
/// them a minute later.
/// </summary>
public static class StorageQuota
{
    /// <summary>The bytes that count, for a statement whose first parameter is the tenant.</summary>
    public const string UsedSql = """
        (coalesce((SELECT bytes FROM storage_counts WHERE tenant_id = {0}), 0)
         + coalesce((SELECT sum(file_size) FROM file_uploads WHERE tenant_id = {0}), 0)
         + coalesce((SELECT sum(file_size) FROM resumable_uploads WHERE tenant_id = {0} AND NOT is_file), 0)
         + coalesce((SELECT sum(bytes) FROM object_removals WHERE split_part(object_key, '/', 1) COLLATE "C" = {0}::text AND counts_from <= now()), 0))::bigint
        """;

    /// <summary>
    /// Counts a file, and decides: whoever else counts for this tenant waits until the transaction ends, so that no two pass
    /// the limit together.
    /// </summary>
    /// <param name="db">in the transaction that makes the file</param>
    /// <param name="settings">of the installation</param>
    /// <param name="tenant">whose file it is</param>
    /// <param name="bytes">of the file</param>
    /// <param name="isAnnounced">whether its bytes were counted when it was announced</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>the refusal; null: there is room, and it is counted</returns>
    public static async Task<OverQuota?> Take(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        long bytes,
        bool isAnnounced,
        CancellationToken cancel
    )
    {
        var files = await db
            .Database.SqlQuery<long>(
                $"""
                INSERT INTO storage_counts AS c (tenant_id, files, bytes) VALUES ({tenant.Id}, 1, {bytes})
                ON CONFLICT (tenant_id) DO UPDATE SET files = c.files + 1, bytes = c.bytes + excluded.bytes RETURNING bytes AS "Value"
                """
            )
            .ToListAsync(cancel);
        if (settings.QuotaOf(tenant.SubscriptionTier).StorageBytes is not { } allowed)
            return null;
        // After the wait: what others announced meanwhile is seen.
        var used = isAnnounced ? files[0] : await Used(db, tenant.Id, cancel);
        return used > allowed ? Full(used - bytes, allowed) : null;
    }

    /// <summary>Decides over bytes that are announced. The row of the upload, written in the same transaction, is what counts them.</summary>
    /// <returns>the refusal; null: there is room</returns>
    public static async Task<OverQuota?> Announce(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        long bytes,
        CancellationToken cancel
    )
    {
        if (settings.QuotaOf(tenant.SubscriptionTier).StorageBytes is not { } allowed)
            return null;
        // Changes nothing, and is held until the transaction ends.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO storage_counts AS c (tenant_id, files, bytes) VALUES ({tenant.Id}, 0, 0) ON CONFLICT (tenant_id) DO UPDATE SET files = c.files
            """,
            cancel
        );
        var used = await Used(db, tenant.Id, cancel);
        return used + bytes > allowed ? Full(used, allowed) : null;
    }

    /// <summary>In the transaction that makes a file of what came in: the bytes count as the file's, and those of the incoming objects only where they are not gone within a minute.</summary>
    public static Task<int> Settled(TenantDb db, Guid tenant, string[] incoming, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE object_removals SET counts_from = now() + interval '1 minute' WHERE split_part(object_key, '/', 1) COLLATE "C" = {tenant}::text AND object_key = ANY ({incoming})
            """,
            cancel
        );

    /// <summary>In the transaction that takes the file away.</summary>
    public static Task<int> GiveBack(TenantDb db, long bytes, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"UPDATE storage_counts SET files = files - 1, bytes = bytes - {bytes}", cancel);

    public static OverQuota Full(long used, long allowed) =>
        Problems.OverQuota(
            $"The subscription allows {allowed} bytes of files, and {used} are used, those of announced and of ended uploads among them.",
            new QuotaUse("storage_bytes", used, allowed)
        );

    private static async Task<long> Used(TenantDb db, Guid tenant, CancellationToken cancel) =>
        (await db.Database.SqlQueryRaw<long>($"SELECT {UsedSql} AS \"Value\"", tenant).ToListAsync(cancel))[0];
}
