using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Limits;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;

namespace Tenantry.Features.Files;

/// <summary>How much a tenant may keep. Counted where files come and go, in their transactions.</summary>
public static class StorageQuota
{
    /// <summary>Counts, and decides: whoever else counts for this tenant waits until the transaction ends, so that no two pass the limit together.</summary>
    /// <param name="db">in the transaction that makes the file</param>
    /// <param name="settings">of the installation</param>
    /// <param name="tenant">whose file it is</param>
    /// <param name="bytes">of the file</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>the refusal; null: there is room, and it is counted</returns>
    public static async Task<OverQuota?> Take(TenantDb db, ServiceSettings settings, ResolvedTenant tenant, long bytes, CancellationToken cancel)
    {
        var used = await db.Database.SqlQuery<long>($"""
            INSERT INTO storage_counts AS c (tenant_id, files, bytes) VALUES ({tenant.Id}, 1, {bytes})
            ON CONFLICT (tenant_id) DO UPDATE SET files = c.files + 1, bytes = c.bytes + excluded.bytes RETURNING bytes AS "Value"
            """).ToListAsync(cancel);
        return settings.QuotaOf(tenant.SubscriptionTier).StorageBytes is { } allowed && used[0] > allowed ? Full(used[0] - bytes, allowed) : null;
    }

    /// <summary>In the transaction that takes the file away.</summary>
    public static Task<int> GiveBack(TenantDb db, long bytes, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"UPDATE storage_counts SET files = files - 1, bytes = bytes - {bytes}", cancel);

    public static OverQuota Full(long used, long allowed) =>
        Problems.OverQuota($"The subscription allows {allowed} bytes of files, and there are {used}.", new QuotaUse("storage_bytes", used, allowed));
}
