using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>
/// The minimum time between two mails that the service sends to one recipient for one purpose. Rate limits count by
/// client address, so an attacker with many addresses could still flood a mailbox. The time grows with each mail of the
/// last day. Templates for the same purpose share it: an attacker must not use one after the other.
/// </summary>
public static class MailCooldown
{
    private static readonly TimeSpan CountedFor = TimeSpan.FromDays(1);

    /// <summary>The tolerated difference between the clocks of instances.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time after the first, second, … mail. The second may follow at once: the first may be lost.
    /// </summary>
    private static readonly TimeSpan[] After =
    [
        TimeSpan.Zero,
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        Longest,
    ];

    private static readonly string[][] Shared =
    [
        [SystemTemplates.PasswordReset.Name, SystemTemplates.SetPassword.Name],
        [SystemTemplates.VerifyEmail.Name, SystemTemplates.EmailChange.Name],
    ];

    public static TimeSpan Longest => TimeSpan.FromHours(1);

    /// <summary>
    /// Returns the time until the next mail, and locks purpose and address until the transaction ends: of
    /// concurrent requests, each one sees the mail of the one before.
    /// </summary>
    /// <param name="db">The tenant's database, in the transaction that adds the mail.</param>
    /// <param name="template">The template of the mail.</param>
    /// <param name="address">The recipient. Another spelling of the address is the same recipient.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancel">Ends the query.</param>
    /// <returns>The time to wait; zero: a mail can be sent now.</returns>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    public static async Task<TimeSpan> Check(
        TenantDb db,
        SystemTemplate template,
        string address,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("The cooldown needs a transaction, which ends its lock.");
        address = EmailAddress.ForDelivery(address);
        // An imported row may have any time, also one in the future.
        var (tenant, since, until, most) = (db.Tenant, now - CountedFor, now + Skew, After.Length);
        var names = Array.Find(Shared, purpose => purpose.Contains(template.Name)) ?? [template.Name];
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({tenant}::text || {names[0]} || lower(normalize({address}, NFC)), 0))",
            cancel
        );
        var sent = await db
            .Database.SqlQuery<DateTimeOffset>(
                $"""
                SELECT created_at AS "Value" FROM notification_logs
                WHERE tenant_id = {tenant} AND lower(normalize(recipient, NFC)) = lower(normalize({address}, NFC)) AND template_name = ANY({names}) AND sent_by IS NULL AND created_at > {since} AND created_at <= {until}
                ORDER BY id DESC LIMIT {most}
                """
            )
            .ToListAsync(cancel);
        if (sent.Count == 0)
            return TimeSpan.Zero;
        var wait = sent.Max() + After[sent.Count - 1] - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
