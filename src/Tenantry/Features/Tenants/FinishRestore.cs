using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Tenants;

/// <summary>
/// Prepares a database that was restored to an earlier moment, before an instance serves it. The database does not
/// contain what happened since then, and the service would do it again: messages that were due may have been sent,
/// sessions may have been revoked, and passwords may have been changed because they were compromised.
/// </summary>
public sealed class FinishRestore(NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts, TimeProvider clock)
{
    private const string Held = "Held back after a restore: it may have been sent before. Retry to send it.";

    /// <summary>
    /// The one-time link of the message may have been used since. The text is deleted when the message ends, so that it
    /// cannot be sent again. The reason is in the list of reasons of secret messages (SecretReason).
    /// </summary>
    private const string HeldSecret =
        "Held back after a restore, and its text is not kept: it has to be asked for anew.";

    /// <param name="KeepSessions">no session is revoked</param>
    /// <param name="KeepMessages">due messages are sent, also if they were sent before the restore</param>
    public sealed record Options(bool KeepSessions, bool KeepMessages);

    /// <param name="Tenants">the number of tenants</param>
    /// <param name="Sessions">the number of sessions that were revoked</param>
    /// <param name="Messages">the number of messages that are held back</param>
    public sealed record Report(int Tenants, int Sessions, int Messages);

    /// <param name="terms">what is not changed</param>
    /// <param name="cancel">stops between two tenants; a second run continues</param>
    public async Task<Report> Run(Options terms, CancellationToken cancel)
    {
        var report = new Report(0, 0, 0);
        await foreach (var tenant in AllTenants.ListIds(dataSource, cancel))
        {
            var (sessions, messages) = await RunFor(tenant, terms, cancel);
            report = new Report(report.Tenants + 1, report.Sessions + sessions, report.Messages + messages);
        }
        return report;
    }

    private async Task<(int Sessions, int Messages)> RunFor(Guid tenant, Options terms, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        // Attack: a link that was used after the backup is valid again. Invitations stay: a user who had accepted one
        // needs it again.
        await db.Set<MailedToken>()
            .Where(token => token.Purpose == MailedTokenPurpose.PasswordReset)
            .ExecuteDeleteAsync(cancel);
        var sessions = terms.KeepSessions
            ? 0
            : await db.Set<Session>()
                .Where(session => session.RevokedAt == null && session.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), cancel);
        // A message that is not due yet cannot have been sent.
        var messages = terms.KeepMessages
            ? 0
            : await db.Database.ExecuteSqlAsync(
                $"UPDATE notification_logs SET status = 'failed', is_ready = false, error_message = CASE WHEN is_secret THEN {HeldSecret} ELSE {Held} END WHERE status = 'sending' OR (status = 'queued' AND (is_ready OR due_at <= {now}))",
                cancel
            );
        db.Add(
            new AuditEvent
            {
                TenantId = tenant,
                OccurredAt = now,
                Action = "database.restored",
                Outcome = AuditTrail.Success,
                TargetId = tenant,
                Details = JsonSerializer.SerializeToElement(
                    new { sessions_ended = sessions, messages_held = messages }
                ),
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (sessions, messages);
    }
}
