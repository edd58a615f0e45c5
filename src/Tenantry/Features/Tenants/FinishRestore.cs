using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Tenants;

/// <summary>
/// What a database needs that was put back to an earlier moment, before anything serves it: what was done since is not known to it, and it would do it again. Messages that were due may have
/// been sent; sessions may have been ended, and passwords changed because somebody else knew them.
/// </summary>
public sealed class FinishRestore(NpgsqlDataSource dataSource, IDbContextFactory<TenantDb> contexts, TimeProvider clock)
{
    private const string Held = "Held back after a restore: it may have been sent before. Retrying sends it.";

    /// <summary>Its link may have been followed since: the text goes with the end of the message, and nobody can try it again.</summary>
    private const string HeldSecret =
        "Held back after a restore, and its text is not kept: it has to be asked for anew.";

    /// <param name="KeepSessions">everybody stays signed in</param>
    /// <param name="KeepMessages">what is due is sent, again where it was sent before</param>
    public sealed record Terms(bool KeepSessions, bool KeepMessages);

    /// <param name="Tenants">looked at</param>
    /// <param name="Sessions">that were ended</param>
    /// <param name="Messages">that are held back</param>
    public sealed record Report(int Tenants, int Sessions, int Messages);

    /// <param name="terms">what is left as it is</param>
    /// <param name="cancel">stops between two tenants; run it again</param>
    public async Task<Report> Run(Terms terms, CancellationToken cancel)
    {
        var report = new Report(0, 0, 0);
        await foreach (var tenant in AllTenants.Of(dataSource, cancel))
        {
            var (sessions, messages) = await One(tenant, terms, cancel);
            report = new Report(report.Tenants + 1, report.Sessions + sessions, report.Messages + messages);
        }
        return report;
    }

    private async Task<(int Sessions, int Messages)> One(Guid tenant, Terms terms, CancellationToken cancel)
    {
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant);
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        // What was used up since is good again in here. An invitation is left: who had accepted it needs it anew.
        await db.Set<MailedToken>()
            .Where(token => token.Purpose == MailedTokenPurpose.PasswordReset)
            .ExecuteDeleteAsync(cancel);
        var sessions = terms.KeepSessions
            ? 0
            : await db.Set<Session>()
                .Where(session => session.RevokedAt == null && session.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(session => session.RevokedAt, now), cancel);
        // What is not due yet cannot have been sent.
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
