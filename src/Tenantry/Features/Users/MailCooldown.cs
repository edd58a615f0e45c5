using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>
/// The pause between two mails that the service sends to one recipient for one purpose. Rate limits count where a
/// request comes from: a stranger with many addresses could flood a mailbox all the same. The pause grows with each mail
/// of the last day.
/// </summary>
public static class MailCooldown
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    /// <summary>Clocks of instances differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>After the first, second, … mail. The second may follow at once: the first may have been lost.</summary>
    private static readonly TimeSpan[] After =
    [
        TimeSpan.Zero,
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(15),
        Longest,
    ];

    public static TimeSpan Longest => TimeSpan.FromHours(1);

    /// <summary>
    /// Looks, and holds off every other mail of the kind to the address until the transaction ends: of many requests at
    /// once, one after the other finds the mail of the one before.
    /// </summary>
    /// <param name="db">of the tenant, in the transaction that adds the mail</param>
    /// <param name="template">what the mail is about</param>
    /// <param name="address">in any spelling: another one does not begin anew</param>
    /// <param name="now">the present</param>
    /// <param name="cancel">ends the query</param>
    /// <returns>how long no such mail is sent to the address; zero: one may be sent now</returns>
    public static async Task<TimeSpan> Take(
        TenantDb db,
        SystemTemplate template,
        string address,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("The pause is held until a transaction ends, and there is none.");
        // A row of an archive may say that it is of any time.
        var (tenant, name, since, until, most) = (db.Tenant, template.Name, now - Remembered, now + Skew, After.Length);
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({tenant}::text || {name} || lower(normalize({address}, NFC)), 0))",
            cancel
        );
        var sent = await db
            .Database.SqlQuery<DateTimeOffset>(
                $"""
                SELECT created_at AS "Value" FROM notification_logs
                WHERE tenant_id = {tenant} AND lower(normalize(recipient, NFC)) = lower(normalize({address}, NFC)) AND template_name = {name} AND sent_by IS NULL AND created_at > {since} AND created_at <= {until}
                ORDER BY id DESC LIMIT {most}
                """
            )
            .ToListAsync(cancel);
        if (sent.Count == 0)
            return TimeSpan.Zero;
        var left = sent.Max() + After[sent.Count - 1] - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
