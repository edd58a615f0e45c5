using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Traffic.Limits;

/// <summary>What a tenant's subscription lets it have. Each quota is enforced where the thing is made, in the same transaction.</summary>
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
