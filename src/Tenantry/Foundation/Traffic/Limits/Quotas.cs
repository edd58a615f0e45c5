using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>The quotas of a tier. Each is enforced where the resource is created, in the same transaction.</summary>
public static class Quotas
{
    public static TierQuota QuotaOf(this ServiceSettings settings, SubscriptionTier tier) =>
        tier switch
        {
            SubscriptionTier.Free => settings.FreeQuota,
            SubscriptionTier.Standard => settings.StandardQuota,
            _ => settings.PremiumQuota,
        };
}
