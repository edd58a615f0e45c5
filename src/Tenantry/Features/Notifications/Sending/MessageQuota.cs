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
/// Counts messages against what a tenant may send: its subscription's messages in a month, and the limits for SMS in a
/// day that it set itself. Both are decided in the transaction that queues the message. Messages that the service sends
/// by itself, such as verification mails, are neither counted nor refused.
/// </summary>
public static class MessageQuota
{
    /// <summary>
    /// More messages than can be in progress at once. Closer to the limit than this, senders lock the tenant, so that
    /// concurrent ones cannot exceed the quota together.
    /// </summary>
    public const int Margin = 1_000;

    /// <summary>Counts messages of a channel other than SMS.</summary>
    /// <param name="db">The database, in the transaction that queues the messages.</param>
    /// <param name="settings">The settings of the installation.</param>
    /// <param name="tenant">The tenant that sends the messages.</param>
    /// <param name="channel">The channel of the messages.</param>
    /// <param name="messages">The number of messages.</param>
    /// <param name="due">When they are sent, which decides the day and month (UTC) in which they count.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancel">Stops the statements. The transaction then has to be rolled back.</param>
    /// <returns>The refusal; null: the quota allows the messages, and they are counted.</returns>
    public static async Task<QuotaUsedUp?> Charge(
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
        if (used + messages > allowed - Margin)
        {
            await Lock(db, tenant, cancel);
            used = await Used(db, due, cancel) - messages; // the count includes these messages already
        }
        return used + messages <= allowed
            ? null
            : Problems.QuotaUsedUp(
                $"The subscription allows {allowed} messages a month.",
                new QuotaUse("messages_per_month", used, allowed),
                NextMonth(due) - now
            );
    }

    /// <summary>
    /// Counts an SMS. The limits for a day are in segments, because the provider charges for segments. The tenant is
    /// locked, so that concurrent senders cannot exceed a limit together.
    /// </summary>
    /// <param name="db">The database, in the transaction that queues the SMS.</param>
    /// <param name="settings">The settings of the installation.</param>
    /// <param name="limits">The tenant's own limits.</param>
    /// <param name="tenant">The tenant that sends the SMS.</param>
    /// <param name="sms">The SMS.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancel">Stops the statements. The transaction then has to be rolled back.</param>
    /// <returns>The refusal; null: the limits allow the SMS, and it is counted.</returns>
    public static async Task<QuotaUsedUp?> ChargeSms(
        TenantDb db,
        ServiceSettings settings,
        NotificationSettings limits,
        ResolvedTenant tenant,
        SmsCharge sms,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var (number, country, segments, due) = sms;
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
        if (spent.Number + segments > limits.SmsPerNumberPerDay)
            return Problems.QuotaUsedUp(
                $"The tenant's settings allow no more SMS to this number on {today:yyyy-MM-dd} (UTC).",
                new QuotaUse("sms_per_number_per_day", spent.Number, limits.SmsPerNumberPerDay),
                tomorrow
            );
        if (spent.Country + segments > limits.SmsPerCountryPerDay)
            return Problems.QuotaUsedUp(
                $"The tenant's settings allow no more SMS to {country} {day}.",
                new QuotaUse("sms_per_country_per_day", spent.Country, limits.SmsPerCountryPerDay),
                tomorrow
            );
        if (spent.All + segments > limits.SmsPerDay)
            return Problems.QuotaUsedUp(
                $"The tenant's settings allow no more SMS {day}.",
                new QuotaUse("sms_per_day", spent.All, limits.SmsPerDay),
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

    /// <returns>The tenant's messages of the month, without the ones that are added.</returns>
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
            EnumText.ToText(channel),
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

/// <summary>An SMS, as it is counted.</summary>
/// <param name="Number">The telephone number in E.164.</param>
/// <param name="Country">The country of the number.</param>
/// <param name="Segments">The segments that are charged.</param>
/// <param name="Due">When it is sent, which decides the day and month (UTC) in which it counts.</param>
public readonly record struct SmsCharge(string Number, string Country, int Segments, DateTimeOffset Due);
