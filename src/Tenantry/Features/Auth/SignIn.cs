using Npgsql;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth;

/// <summary>
/// Completes a sign-in whose password was right: stores the session, and issues its tokens. One statement does it,
/// where a transaction takes six round trips (docs/decisions/0019-a-few-statements-go-past-ef.md).
/// </summary>
public sealed class SignIn(
    TenantContext context,
    TenantDb db,
    SessionIssuer sessions,
    DeviceTokens devices,
    AuthMails mails,
    AuditTrail audit,
    HashUpgradeCount upgrades,
    TimeProvider clock
)
{
    /// <summary>
    /// Changes nothing where the stored password is no longer the one that was verified. A concurrent password change
    /// revokes all sessions; a sign-in with the old password must not open a new one.
    /// </summary>
    private const string Text = $"""
        WITH known AS (
                 UPDATE users SET last_login_at = $3, password_hash = $4 WHERE id = $1 AND is_active AND password_hash = $2 RETURNING tenant_id, id),
             opened AS (
                 INSERT INTO sessions (tenant_id, id, user_id, address, user_agent, created_at, last_used_at, expires_at)
                 SELECT tenant_id, $5, id, $6, $7, $3, $3, $8 FROM known),
             handed AS (
                 INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at)
                 SELECT tenant_id, $9, id, $5, $10, $3, $11 FROM known),
             told AS (
                 INSERT INTO audit_events (tenant_id, id, occurred_at, action, outcome, actor_id, actor_tenant_id, target_id, address, user_agent, trace_id)
                 SELECT tenant_id, $12, $13, $14, $15, id, $16, id, $6, $7, $17 FROM known)
        SELECT access.role, access.permissions, {DatabaseFunctions.EndAttempt}($18, $19, $20, $21, false, $22, $3) FROM known CROSS JOIN LATERAL {DatabaseFunctions.AccessOfUserNow}(known.id) AS access
        """;

    /// <param name="attempt">The attempt; its password was right.</param>
    /// <param name="user">Its user, as read when the password was verified.</param>
    /// <param name="http">The request.</param>
    /// <param name="cancel">Rolls the change back.</param>
    /// <returns>
    /// The tokens and the session's id; null: the password was changed meanwhile, and nothing is stored.
    /// </returns>
    public async Task<(TokenDocument Tokens, Guid Session)?> Complete(
        SignInAttempt attempt,
        User user,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var opened = sessions.Open(context.Tenant, user.Id, clock.GetUtcNow(), http);
        var auditEvent = audit.Event(context.TenantId, user.Id, AuditTrail.Success, actor: user.Id);
        var isNewDevice =
            attempt is { IsKnownDevice: false, IsFamiliarDevice: false }
            && context.Tenant.MailOnNewDevice
            && user.LastLoginAt is not null;
        var statement = Statement(user, opened, auditEvent, attempt);
        if (await Store(statement, isNewDevice ? (user, opened.Session) : null, cancel) is not { } access)
            return null;
        audit.Written(auditEvent);
        if (attempt.RenewedHash is not null)
            upgrades.Add(user.PasswordHash!);
        var document = new SignedInUserDocument(
            user.Id,
            user.TenantId,
            user.Email,
            user.FirstName,
            user.LastName,
            user.EmailVerified,
            access.Role,
            access.Permissions
        );
        var tokens = sessions.Issue(document, opened.Session.Id, opened.RefreshToken, opened.RefreshExpiresAt) with
        {
            DeviceToken = attempt.IsKnownDevice ? null : devices.Create(user),
        };
        return (tokens, opened.Session.Id);
    }

    // Where a mail reports a new device, the statement runs in the transaction that queues the mail, and last: other
    // sign-ins from this address wait for the rows that it locks.
    private async Task<UserAccess?> Store(
        NpgsqlBatchCommand statement,
        (User User, Session Session)? newDevice,
        CancellationToken cancel
    )
    {
        await using var transaction = newDevice is null ? null : await db.Begin(cancel);
        if (newDevice is var (user, session))
        {
            await mails.NewDevice(db, context.Tenant, user, session, cancel);
            await db.SaveChangesAsync(cancel);
        }
        var rows = await db.Query(
            statement,
            static row => new UserAccess(row.GetString(0), row.GetFieldValue<string[]>(1)),
            cancel
        );
        if (rows.Count > 0 && transaction is not null)
            await transaction.CommitAsync(cancel);
        return rows.SingleOrDefault();
    }

    private static NpgsqlBatchCommand Statement(
        User user,
        OpenedSession opened,
        AuditEvent auditEvent,
        SignInAttempt attempt
    )
    {
        var (session, ending) = (opened.Session, Attempt.Ending.Of(attempt.Counted, isProven: true));
        return new(Text)
        {
            Parameters =
            {
                Parameter(user.Id),
                Parameter(user.PasswordHash),
                Parameter(session.CreatedAt),
                Parameter(attempt.RenewedHash ?? user.PasswordHash!),
                Parameter(session.Id),
                Parameter(session.Address),
                Parameter(session.UserAgent),
                Parameter(session.ExpiresAt),
                Parameter(Guid.CreateVersion7()),
                Parameter(opened.RefreshToken.Hash),
                Parameter(opened.RefreshExpiresAt),
                Parameter(auditEvent.Id),
                Parameter(auditEvent.OccurredAt),
                Parameter(auditEvent.Action),
                Parameter(auditEvent.Outcome),
                Parameter(auditEvent.ActorTenantId),
                Parameter(auditEvent.TraceId),
                Parameter(ending.Kinds),
                Parameter(ending.Subjects),
                Parameter(ending.Free),
                Parameter(ending.LongestWait),
                Parameter(ending.Reset),
            },
        };
    }
}
