using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// Revokes sessions of a user: on this instance at once, on the others by the change notification.
/// </summary>
public sealed class SessionRevocation(TokenStateCache revocations, AuditTrail audit, TimeProvider clock)
{
    /// <param name="db">The context that tracks the sessions.</param>
    /// <param name="sessions">The sessions.</param>
    /// <param name="target">The target of the audit event.</param>
    /// <param name="cancel">Rolls the change back.</param>
    /// <param name="actor">The user of the sessions, where no caller is signed in; null: the caller.</param>
    /// <param name="linksOf">
    /// The user whose mailed links that reset the password or change the address end, too: another person may have had
    /// the sessions. Null: the user signs out of a session, and its links stay.
    /// </param>
    public async Task Revoke(
        TenantDb db,
        IReadOnlyCollection<Session> sessions,
        Guid target,
        CancellationToken cancel,
        Guid? actor = null,
        Guid? linksOf = null
    )
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Begin(cancel);
        if (linksOf is { } user)
            await MailedToken.WithdrawOfSessions(db, user, cancel);
        foreach (var session in sessions)
            session.RevokedAt = now;
        audit.Add(db, target, actor: actor);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        // After the commit: a change that was rolled back must not sign the user out.
        revocations.RevokeAll(sessions.Select(session => session.Id));
    }
}
