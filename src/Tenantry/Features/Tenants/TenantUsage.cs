using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Tenantry.Features.Tenants;

/// <summary>What a tenant uses of what its subscription allows.</summary>
public static class TenantUsage
{
    private const int MostDays = 400;

    /// <param name="AsOf">When it was counted. Requests of the last few seconds may be missing.</param>
    /// <param name="SubscriptionTier">The quotas are this tier's.</param>
    /// <param name="Users">All: invited and deactivated ones count.</param>
    /// <param name="ActiveUsers">Those of them that may sign in.</param>
    /// <param name="ActiveSessions">Sign-ins that have neither ended nor expired.</param>
    /// <param name="Messages">That the tenant had sent this month; what the service sends by itself is not among them.</param>
    /// <param name="Files">That there are.</param>
    /// <param name="StorageBytes">Of all of them together.</param>
    /// <param name="Notifications">Of this month, by channel and status, those of the service included.</param>
    /// <param name="Days">Newest first, by the calendar in UTC; days without requests are left out.</param>
    public sealed record Document(
        DateTimeOffset AsOf,
        SubscriptionTier SubscriptionTier,
        Used Users,
        long ActiveUsers,
        long ActiveSessions,
        Used Messages,
        long Files,
        Used StorageBytes,
        IReadOnlyList<Sent> Notifications,
        IReadOnlyList<Day> Days
    ) : IExample<Document>
    {
        public static Document Example =>
            new(
                DateTimeOffset.Parse("2026-03-14T09:26:53Z", System.Globalization.CultureInfo.InvariantCulture),
                SubscriptionTier.Standard,
                new Used(212, 10_000),
                208,
                31,
                new Used(340, 100_000),
                87,
                new Used(1_204_211_902, 107_374_182_400),
                [new Sent(Channel.Email, NotificationStatus.Sent, 340)],
                [new Day(new DateOnly(2026, 3, 14), 15_926, 3)]
            );
    }

    /// <param name="Count">Of them there are.</param>
    /// <param name="Allowed">By the subscription. Null: as many as the tenant likes.</param>
    public sealed record Used(long Count, long? Allowed);

    /// <param name="Channel">By which they go.</param>
    /// <param name="Status">What has become of them.</param>
    /// <param name="Count">So many.</param>
    public sealed record Sent(Channel Channel, NotificationStatus Status, long Count);

    /// <param name="Date">In UTC.</param>
    /// <param name="Requests">All that named the tenant.</param>
    /// <param name="Refusals">Those of them that a limit or a quota turned away.</param>
    public sealed record Day(DateOnly Date, long Requests, long Refusals);

    public static async Task<Results<Ok<Document>, Invalid, Missing>> Handle(
        Guid id,
        [FromQuery] int? days,
        TenantContext context,
        TenantDb db,
        ServiceSettings settings,
        IOptions<JsonOptions> json,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (days is < 1 or > MostDays)
            return Problems.Invalid("days", $"must be 1 to {MostDays}");
        var isOwn = id == context.TenantId;
        if (!context.SignedIn.May(isOwn ? Permissions.TenantsRead : Permissions.PlatformTenantsRead))
            return ChangeTenant.NoSuchTenant();

        // A door: platform administration reads as the tenant that it asks for.
        if (!isOwn)
            db.For(id);
        var now = clock.GetUtcNow();
        var (today, month) = (
            DateOnly.FromDateTime(now.UtcDateTime),
            new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero)
        );
        // One round trip for all of it.
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
                        FROM request_days d WHERE d.day > {today.AddDays(-(days ?? 30))}) AS days
                FROM tenants t WHERE t.id = {id}
                """
            )
            .ToListAsync(cancel);
        if (rows is not [var row])
            return ChangeTenant.NoSuchTenant();

        var tier = EnumText.To<SubscriptionTier>(row.SubscriptionTier);
        var options = json.Value.SerializerOptions;
        var (quota, sent) = (settings.QuotaOf(tier), row.Notifications?.Deserialize<List<Sent>>(options) ?? []);
        return TypedResults.Ok(
            new Document(
                now,
                tier,
                new Used(row.Users, quota.Users),
                row.ActiveUsers,
                row.ActiveSessions,
                new Used(row.Messages, quota.MessagesPerMonth),
                row.Files,
                new Used(row.StorageBytes, quota.StorageBytes),
                sent,
                row.Days?.Deserialize<List<Day>>(options) ?? []
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
