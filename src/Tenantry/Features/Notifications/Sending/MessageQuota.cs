using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// How much a tenant may send: by its subscription in a month, and what it lets its own SMS cost in a day. Counted and decided in the transaction that queues the message.
/// What the service sends by itself, verification mails and the like, is neither counted nor held up.
/// </summary>
public static class MessageQuota
{
    /// <summary>More than can be under way at once: nearer to the limit than that, senders take turns, so that none passes it.</summary>
    public const int Near = 1_000;

    /// <param name="db">in the transaction</param>
    /// <param name="settings">of the installation</param>
    /// <param name="tenant">whose message it is</param>
    /// <param name="channel">by which it goes</param>
    /// <param name="messages">how many</param>
    /// <param name="due">when they are sent: decides the day and the month on which they count, in UTC</param>
    /// <param name="now">the present</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>the refusal; null: there is room, and they are counted</returns>
    public static async Task<Refusal?> Take(
        TenantDb db,
        ServiceSettings settings,
        ResolvedTenant tenant,
        Channel channel,
        int messages,
        DateTimeOffset due,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var used = await Add(db, channel, "", messages, 0, due, cancel);
        if (settings.QuotaOf(tenant.SubscriptionTier).MessagesPerMonth is not { } allowed)
            return null;
        if (used + messages > allowed - Near)
        {
            await Lock(db, tenant, cancel);
            used = await Used(db, due, cancel) - messages; // our own are among them by now
        }
        return used + messages <= allowed
            ? null
            : Problems.QuotaUsedUp(
                $"The subscription allows {allowed} messages a month.",
                new QuotaUse("messages_per_month", used, allowed),
                NextMonth(due) - now
            );
    }

    /// <summary>The same for an SMS. The guard counts what is paid for, segments, and one message at a time, so that it is exact.</summary>
    /// <param name="db">in the transaction</param>
    /// <param name="settings">of the installation</param>
    /// <param name="guard">of the tenant</param>
    /// <param name="tenant">whose message it is</param>
    /// <param name="number">to which it goes</param>
    /// <param name="country">of the number</param>
    /// <param name="segments">it has</param>
    /// <param name="due">when it is sent: decides the day and the month on which it counts, in UTC</param>
    /// <param name="now">the present</param>
    /// <param name="cancel">undoes it</param>
    /// <returns>the refusal; null: there is room, and it is counted</returns>
    public static async Task<Refusal?> TakeSms(
        TenantDb db,
        ServiceSettings settings,
        NotificationSettings guard,
        ResolvedTenant tenant,
        string number,
        string country,
        int segments,
        DateTimeOffset due,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        await Lock(db, tenant, cancel);
        var (today, midnight) = (Day(due), new DateTimeOffset(due.UtcDateTime.Date, TimeSpan.Zero));
        var (next, isToday) = (midnight.AddDays(1), midnight <= now);
        var spent = await db
            .Database.SqlQuery<Spent>(
                $"""
                SELECT coalesce((SELECT sum(segments) FROM message_counts WHERE tenant_id = {tenant.Id} AND day = {today} AND type = 'sms'), 0)::int AS all,
                       coalesce((SELECT sum(segments) FROM message_counts WHERE tenant_id = {tenant.Id} AND day = {today} AND type = 'sms' AND country = {country}), 0)::int AS country,
                       coalesce((SELECT sum(segments) FROM notification_logs
                                 WHERE tenant_id = {tenant.Id} AND recipient = {number} AND type = 'sms' AND sent_by IS NOT NULL
                                   AND coalesce(send_at, created_at) >= {midnight} AND coalesce(send_at, created_at) < {next}), 0)::int AS number
                """
            )
            .SingleAsync(cancel);
        var tomorrow = next - now;
        var day = isToday ? "today" : $"on {today:yyyy-MM-dd}";
        if (spent.Number + segments > guard.SmsPerNumberPerDay)
            return Problems.QuotaUsedUp(
                $"This number has got its SMS of the day ({today:yyyy-MM-dd}).",
                new QuotaUse("sms_per_number_per_day", spent.Number, guard.SmsPerNumberPerDay),
                tomorrow
            );
        if (spent.Country + segments > guard.SmsPerCountryPerDay)
            return Problems.QuotaUsedUp(
                $"As many SMS go to {country} {day} as the tenant's settings allow.",
                new QuotaUse("sms_per_country_per_day", spent.Country, guard.SmsPerCountryPerDay),
                tomorrow
            );
        if (spent.All + segments > guard.SmsPerDay)
            return Problems.QuotaUsedUp(
                $"As many SMS go out {day} as the tenant's settings allow.",
                new QuotaUse("sms_per_day", spent.All, guard.SmsPerDay),
                tomorrow
            );

        var used = await Add(db, Channel.Sms, country, 1, segments, due, cancel);
        return settings.QuotaOf(tenant.SubscriptionTier).MessagesPerMonth is not { } allowed || used + 1 <= allowed
            ? null
            : Problems.QuotaUsedUp(
                $"The subscription allows {allowed} messages a month.",
                new QuotaUse("messages_per_month", used, allowed),
                NextMonth(due) - now
            );
    }

    /// <returns>how many of the tenant's messages counted in that month before</returns>
    private static async Task<long> Add(
        TenantDb db,
        Channel channel,
        string country,
        int messages,
        int segments,
        DateTimeOffset due,
        CancellationToken cancel
    )
    {
        var (tenant, today, month, next, type, spread) = (
            db.Tenant!.Value,
            Day(due),
            Month(due),
            Month(due).AddMonths(1),
            EnumText.Of(channel),
            (short)Random.Shared.Next(MessageCount.Rows)
        );
        return (
            await db
                .Database.SqlQuery<long>(
                    $"""
                    WITH added AS (
                        INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) VALUES ({tenant}, {today}, {type}, {country}, {spread}, {messages}, {segments})
                        ON CONFLICT (tenant_id, day, type, country, spread) DO UPDATE SET messages = message_counts.messages + excluded.messages, segments = message_counts.segments + excluded.segments
                        RETURNING 1)
                    SELECT coalesce((SELECT sum(messages) FROM message_counts WHERE tenant_id = {tenant} AND day >= {month} AND day < {next}), 0)::bigint AS "Value" FROM added
                    """
                )
                .ToListAsync(cancel)
        )[0];
    }

    private static Task<long> Used(TenantDb db, DateTimeOffset due, CancellationToken cancel)
    {
        var (tenant, month, next) = (db.Tenant!.Value, Month(due), Month(due).AddMonths(1));
        return db
            .Database.SqlQuery<long>(
                $"""
                SELECT coalesce(sum(messages), 0)::bigint AS "Value" FROM message_counts WHERE tenant_id = {tenant} AND day >= {month} AND day < {next}
                """
            )
            .SingleAsync(cancel);
    }

    private static Task<int> Lock(TenantDb db, ResolvedTenant tenant, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"SELECT FROM tenants WHERE id = {tenant.Id} FOR NO KEY UPDATE", cancel);

    public static DateOnly Day(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    public static DateOnly Month(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1);

    private static DateTimeOffset NextMonth(DateTimeOffset now) =>
        new(Month(now).AddMonths(1), TimeOnly.MinValue, TimeSpan.Zero);

    private sealed record Spent(int All, int Country, int Number);
}
