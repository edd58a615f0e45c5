using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Tenants;

/// <summary>What a tenant uses, with the quotas of its tier.</summary>
/// <param name="AsOf">When the values were counted. Requests of the last few seconds can be missing.</param>
/// <param name="SubscriptionTier">The tier that the quotas belong to.</param>
/// <param name="Users">The number of users. Invited and deactivated users are included.</param>
/// <param name="ActiveUsers">The number of users who can sign in.</param>
/// <param name="ActiveSessions">The number of sessions that are neither revoked nor expired.</param>
/// <param name="Messages">
/// The messages that the tenant sent this month. Messages of the service itself are not included.
/// </param>
/// <param name="Files">The number of files.</param>
/// <param name="StorageBytes">The size of all files in bytes.</param>
/// <param name="Notifications">
/// The messages of this month by channel and status. Messages of the service itself are included.
/// </param>
/// <param name="Days">The requests of each day in UTC, newest first. Days without requests are omitted.</param>
public sealed record TenantUsageDocument(
    DateTimeOffset AsOf,
    SubscriptionTier SubscriptionTier,
    UsageCount Users,
    long ActiveUsers,
    long ActiveSessions,
    UsageCount Messages,
    long Files,
    UsageCount StorageBytes,
    IReadOnlyList<NotificationCount> Notifications,
    IReadOnlyList<DailyRequests> Days
) : IExample<TenantUsageDocument>
{
    public static TenantUsageDocument Example =>
        new(
            DateTimeOffset.Parse("2026-03-14T09:26:53Z", System.Globalization.CultureInfo.InvariantCulture),
            SubscriptionTier.Standard,
            new UsageCount(212, 10_000),
            208,
            31,
            new UsageCount(340, 100_000),
            87,
            new UsageCount(1_204_211_902, 107_374_182_400),
            [new NotificationCount(Channel.Email, NotificationStatus.Sent, 340)],
            [new DailyRequests(new DateOnly(2026, 3, 14), 15_926, 3)]
        );
}

/// <param name="Count">How much the tenant uses.</param>
/// <param name="Allowed">The quota of the tier; null if there is no quota.</param>
public sealed record UsageCount(long Count, long? Allowed);

/// <param name="Channel">The channel of the messages.</param>
/// <param name="Status">The status of the messages.</param>
/// <param name="Count">The number of messages.</param>
public sealed record NotificationCount(Channel Channel, NotificationStatus Status, long Count);

/// <param name="Date">The day in UTC.</param>
/// <param name="Requests">The number of requests that named the tenant.</param>
/// <param name="Refusals">The number of requests that were refused because of a rate limit or quota.</param>
public sealed record DailyRequests(DateOnly Date, long Requests, long Refusals);
