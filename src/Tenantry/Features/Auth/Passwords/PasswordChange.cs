using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>
/// Stores a new password. It revokes the user's sessions, since one of them may be a thief's, and reports the change to
/// the user by mail.
/// </summary>
public sealed class PasswordChange(AuthMails mails, AuditTrail audit, TokenStateCache revocations, TimeProvider clock)
{
    /// <summary>
    /// Saves the change and its audit event. The caller commits, and then calls <see cref="Announce"/>.
    /// </summary>
    /// <param name="db">The tenant's database, in a transaction.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="user">The user, tracked by <paramref name="db"/>.</param>
    /// <param name="hash">The hash of the new password.</param>
    /// <param name="current">The session that stays; null: none does, and the user is the actor of the event.</param>
    /// <param name="cancel">Rolls the change back.</param>
    /// <returns>The revoked sessions.</returns>
    public async Task<IReadOnlyList<Session>> Save(
        TenantDb db,
        ResolvedTenant tenant,
        User user,
        string hash,
        Guid? current,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        await MailedToken.WithdrawCredentials(db, user.Id, cancel);
        user.PasswordHash = hash;
        user.UpdatedAt = now;
        var sessions = await Session.EndAll(db, user.Id, current, now, cancel);
        await mails.PasswordChanged(db, tenant, user, cancel);
        audit.Add(db, user.Id, actor: current is null ? user.Id : null);
        await db.SaveChangesAsync(cancel);
        return sessions;
    }

    /// <summary>Rejects the access tokens of the revoked sessions from now on. Call it after the commit.</summary>
    public void Announce(IReadOnlyList<Session> sessions) => revocations.RevokeAll(sessions.Select(one => one.Id));
}
