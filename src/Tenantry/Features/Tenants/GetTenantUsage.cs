using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Features.Tenants;

/// <summary>Returns what a tenant uses, with the quotas of its tier.</summary>
public static class GetTenantUsage
{
    private const int MaxDays = 400;
    private const int DefaultDays = 30;

    public static async Task<Results<Ok<TenantUsageDocument>, Invalid, Missing>> Handle(
        [Description("The tenant's id.")] Guid id,
        [FromQuery, WholeNumber(1, MaxDays)]
        [Description("The number of days for which requests are returned. The default is 30.")]
            int? days,
        TenantContext context,
        TenantDb db,
        ServiceSettings settings,
        IOptions<JsonOptions> json,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var isOwn = id == context.TenantId;
        if (!context.SignedIn.Has(isOwn ? Permissions.TenantsRead : Permissions.PlatformTenantsRead))
            return TenantChange.NoSuchTenant();

        // Cross-tenant access: a platform administrator reads as the tenant that the request names.
        if (!isOwn)
            db.For(id);
        var now = clock.GetUtcNow();
        var (today, month) = (
            DateOnly.FromDateTime(now.UtcDateTime),
            new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero)
        );
        // One round trip.
        var rows = await db
            .Database.SqlQuery<Row>(
                $"""
                SELECT t.subscription_tier, (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM users u WHERE u.is_active) AS active_users,
                       (SELECT count(*) FROM sessions s WHERE s.revoked_at IS NULL AND s.expires_at > {now}
                           AND EXISTS (SELECT FROM refresh_tokens r WHERE r.family = s.id AND r.replaced_at IS NULL AND r.revoked_at IS NULL AND r.expires_at > {now})) AS active_sessions,
                       (SELECT coalesce(sum(messages), 0)::bigint FROM message_counts WHERE day >= {DateOnly.FromDateTime(
                    month.UtcDateTime
                )} AND day < {DateOnly.FromDateTime(month.UtcDateTime).AddMonths(1)}) AS messages,
                       coalesce((SELECT files FROM storage_counts), 0) AS files, coalesce((SELECT bytes FROM storage_counts), 0) AS storage_bytes,
                       (SELECT jsonb_agg(jsonb_build_object('channel', n.type, 'status', n.status, 'count', n.count) ORDER BY n.type, n.status)
                        FROM (SELECT type, status, count(*) FROM notification_logs WHERE created_at >= {month} GROUP BY type, status) n) AS notifications,
                       (SELECT jsonb_agg(jsonb_build_object('date', d.day, 'requests', d.requests, 'refusals', d.refusals) ORDER BY d.day DESC)
                        FROM request_days d WHERE d.day > {today.AddDays(-(days ?? DefaultDays))}) AS days
                FROM tenants t WHERE t.id = {id}
                """
            )
            .ToListAsync(cancel);
        if (rows is not [var row])
            return TenantChange.NoSuchTenant();

        var tier = EnumText.Parse<SubscriptionTier>(row.SubscriptionTier);
        var options = json.Value.SerializerOptions;
        var (quota, sent) = (
            settings.QuotaOf(tier),
            row.Notifications?.Deserialize<List<NotificationCount>>(options) ?? []
        );
        return TypedResults.Ok(
            new TenantUsageDocument(
                now,
                tier,
                new UsageCount(row.Users, quota.Users),
                row.ActiveUsers,
                row.ActiveSessions,
                new UsageCount(row.Messages, quota.MessagesPerMonth),
                row.Files,
                new UsageCount(row.StorageBytes, quota.StorageBytes),
                sent,
                row.Days?.Deserialize<List<DailyRequests>>(options) ?? []
            )
        );
    }

    private sealed record Row(
        string SubscriptionTier,
        long Users,
        long ActiveUsers,
        long ActiveSessions,
        long Messages,
        long Files,
        long StorageBytes,
        JsonElement? Notifications,
        JsonElement? Days
    );
}
