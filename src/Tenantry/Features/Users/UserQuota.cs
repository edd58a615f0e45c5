using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Users;

/// <summary>How many users a tenant may have. Invited and deactivated ones count: each of them could sign in tomorrow.</summary>
public static class UserQuota
{
    /// <summary>Inside the transaction that makes the users, before it does. Whoever else makes some waits until it ends: two at once would both count the same.</summary>
    /// <returns>the refusal; null: there is room</returns>
    public static async Task<OverQuota?> Take(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        int more,
        CancellationToken cancel
    )
    {
        if (settings.QuotaOf(tenant.SubscriptionTier).Users is null)
            return null;
        await db.Database.ExecuteSqlAsync($"SELECT FROM tenants WHERE id = {tenant.Id} FOR NO KEY UPDATE", cancel);
        return await Room(db, settings, tenant, more, cancel);
    }

    /// <summary>As it looks at this moment; only <see cref="Take"/> is sure of it.</summary>
    public static async Task<OverQuota?> Room(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        int more,
        CancellationToken cancel
    )
    {
        if (settings.QuotaOf(tenant.SubscriptionTier).Users is not { } allowed)
            return null;
        var used = await db.Set<User>().CountAsync(cancel);
        return used + more <= allowed
            ? null
            : Problems.OverQuota(
                $"The subscription allows {allowed} users, and there are {used}.",
                new QuotaUse("users", used, allowed)
            );
    }
}
