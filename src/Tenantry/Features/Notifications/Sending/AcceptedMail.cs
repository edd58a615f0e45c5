using Npgsql;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// Queues and counts an e-mail in one statement, because it is the most frequent request
/// (docs/decisions/0019-a-few-statements-go-past-ef.md).
/// </summary>
public static class AcceptedMail
{
    /// <summary>
    /// Writes nothing where the tenant is near its quota. Then <see cref="MessageQuota"/> lets one sender at a time
    /// count.
    /// </summary>
    private const string Statement = """
        WITH used AS (SELECT coalesce(sum(messages), 0) AS messages FROM message_counts WHERE tenant_id = $1 AND day >= $18 AND day < $21),
             queued AS (
                 INSERT INTO notification_logs (tenant_id, id, user_id, sent_by, type, recipient, subject, template_name, body, html_body, is_secret, priority, category, status, is_ready,
                                                due_at, send_at, attempts, cause, created_at)
                 SELECT $1, $2, (SELECT u.id FROM users u WHERE u.tenant_id = $1 AND u.email_normalized = $5), $3, 'email', $4, $6, $7, $8, $9, false, $10, $11, 'queued', $12, $13, $14, 0, $15, $16
                 FROM used WHERE used.messages < $20)
        INSERT INTO message_counts (tenant_id, day, type, country, spread, messages, segments) SELECT $1, $17, 'email', '', $19, 1, 0 FROM used WHERE used.messages < $20
        ON CONFLICT (tenant_id, day, type, country, spread) DO UPDATE SET messages = message_counts.messages + 1
        RETURNING 1
        """;

    /// <param name="context">The tenant and the caller of the request.</param>
    /// <param name="database">Connections with the serving role.</param>
    /// <param name="mail">The final e-mail. The statement looks up the user of its recipient.</param>
    /// <param name="quota">The messages that the tenant may send in a month; null: no limit.</param>
    /// <param name="cancel">Stops the statement. It has then changed everything or nothing.</param>
    /// <returns>False: nothing was written, because the quota may be used up.</returns>
    public static async Task<bool> Queue(
        TenantContext context,
        NpgsqlDataSource database,
        Notification mail,
        int? quota,
        CancellationToken cancel
    )
    {
        if (quota <= MessageQuota.Margin)
            return false;
        var (today, spread) = (MessageQuota.Day(mail.DueAt), (short)Random.Shared.Next(MessageCount.Rows));
        var counted = await context.Change(
            database,
            new(Statement)
            {
                Parameters =
                {
                    Parameter(mail.TenantId),
                    Parameter(mail.Id),
                    Parameter(mail.SentBy!.Value),
                    Parameter(mail.Recipient),
                    Parameter(EmailAddress.Key(mail.Recipient)),
                    Parameter(mail.Subject),
                    Parameter(mail.TemplateName),
                    Parameter(mail.Body),
                    Parameter(mail.HtmlBody),
                    Parameter((short)mail.Priority),
                    Parameter(EnumText.ToText(mail.Category)),
                    Parameter(mail.IsReady),
                    Parameter(mail.DueAt),
                    Parameter(mail.SendAt),
                    Parameter(mail.Cause),
                    Parameter(mail.CreatedAt),
                    Parameter(today),
                    Parameter(MessageQuota.Month(mail.DueAt)),
                    Parameter(spread),
                    Parameter(quota - MessageQuota.Margin ?? long.MaxValue),
                    Parameter(MessageQuota.Month(mail.DueAt).AddMonths(1)),
                },
            },
            static _ => true,
            cancel
        );
        return counted.Count > 0;
    }
}
