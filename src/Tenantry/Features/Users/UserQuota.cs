using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Users;

/// <summary>
/// The quota of users of a tenant. Invited and deactivated users count: each of them may sign in later.
/// </summary>
public static class UserQuota
{
    /// <summary>
    /// Checks the quota inside the transaction that creates the users, before it does. The lock makes concurrent
    /// transactions wait: two at once would both count the same users.
    /// </summary>
    /// <returns>The refusal; null: the quota allows the users.</returns>
    public static async Task<OverQuota?> Reserve(
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
        return await Check(db, settings, tenant, more, cancel);
    }

    /// <summary>Checks the quota without a lock. Only <see cref="Reserve"/> is reliable.</summary>
    public static async Task<OverQuota?> Check(
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
                $"The quota allows {allowed} users, and the tenant has {used}.",
                new QuotaUse("users", used, allowed)
            );
    }
}
