using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.EmailChanges;

/// <summary>
/// Stores another e-mail address of a user. Links that were mailed before are void, since they may lie in a mailbox
/// that is no longer the user's. An account that is only claimed gives the address up to the person who has proved it.
/// </summary>
public sealed class AddressChange(AuthMails mails, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Saves the proved address, and mails the link that undoes the change to the address before.</summary>
    /// <param name="db">The tenant's database, in the transaction that used the token.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="userId">The user of the token.</param>
    /// <param name="email">The address of the token.</param>
    /// <param name="cancel">Rolls the change back.</param>
    public async Task Confirm(TenantDb db, ResolvedTenant tenant, Guid userId, string email, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var user = await db.Set<User>().SingleAsync(u => u.Id == userId, cancel);
        var (before, wasProved) = (user.Email, user.EmailVerified);
        await MailedToken.WithdrawCredentials(db, user.Id, cancel);
        await Remove(db, email, user.Id, other => other.IsClaimIn(tenant), cancel);
        user.ChangeEmail(email, isVerified: true, now);
        // An unproved mailbox must not be able to seize the account.
        if (wasProved)
            await mails.EmailChanged(
                db,
                tenant,
                user,
                before,
                MailedToken.Add(db, tenant.Id, user.Id, MailedTokenPurpose.EmailChangeUndo, now, before),
                cancel
            );
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Saves the address before the change, removes the password, and ends all sessions and links.</summary>
    /// <param name="db">The tenant's database, in the transaction that used the token.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="userId">The user of the token.</param>
    /// <param name="email">The address of the token.</param>
    /// <param name="cancel">Rolls the change back.</param>
    /// <returns>
    /// The sessions that ended, also those of a removed account. After the commit, revoke their access tokens.
    /// </returns>
    public async Task<IReadOnlyList<Session>> Undo(
        TenantDb db,
        ResolvedTenant tenant,
        Guid userId,
        string email,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var user = await db.Set<User>().SingleAsync(u => u.Id == userId, cancel);
        await MailedToken.WithdrawAll(db, user.Id, cancel);
        // Attack: a thief registers the former address after the change, so that it is taken when the owner returns. The
        // owner has proved the address now, and the thief has not, whatever the tenant demands.
        var removed = await Remove(
            db,
            email,
            user.Id,
            static other => other is { IsSelfRegistered: true, EmailVerified: false },
            cancel
        );
        user.ChangeEmail(email, isVerified: true, now);
        user.PasswordHash = null;
        var ended = await Session.EndAll(db, user.Id, except: null, now, cancel);
        await mails.SetPassword(
            db,
            tenant,
            user,
            MailedToken.Add(db, tenant.Id, user.Id, MailedTokenPurpose.PasswordReset, now),
            null,
            cancel
        );
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        return [.. ended, .. removed];
    }

    /// <summary>Removes another account that has the address, if the condition applies to it.</summary>
    /// <returns>The active sessions of the removed account.</returns>
    private static async Task<IReadOnlyList<Session>> Remove(
        TenantDb db,
        string email,
        Guid self,
        Func<User, bool> condition,
        CancellationToken cancel
    )
    {
        var key = EmailAddress.Key(email);
        if (
            await db.Set<User>().SingleOrDefaultAsync(u => u.EmailNormalized == key && u.Id != self, cancel)
                is not { } other
            || !condition(other)
        )
            return [];
        var sessions = await db.Set<Session>()
            .AsNoTracking()
            .Where(session => session.UserId == other.Id && session.RevokedAt == null)
            .ToListAsync(cancel);
        db.Remove(other);
        await db.SaveChangesAsync(cancel);
        return sessions;
    }
}
