using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Passwords;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Me;

/// <summary>
/// Deletes the caller's user, with its sessions, roles and tokens. Ten minutes after the sign-in the password is
/// required again, so that a person who finds an unlocked device cannot delete the account.
/// </summary>
public static class DeleteMe
{
    /// <param name="Password">The user's password. Required if the session began more than ten minutes ago.</param>
    public sealed record Request([StringLength(1024, ErrorMessage = "is too long")] string? Password)
        : IExample<Request>
    {
        public static Request Example => new("correct horse battery");
    }

    public static async Task<Results<NoContent, Invalid, Conflicting, TooMany, Unavailable>> Handle(
        [FromBody] Request? body,
        TenantContext context,
        TenantDb db,
        Reauthentication reauthentication,
        TokenStateCache revocations,
        AuthMails mails,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var self = await db.Set<User>().AsNoTracking().Where(u => u.Id == caller.UserId).OfCaller(cancel);
        switch (await reauthentication.Demand(caller, self, body?.Password, cancel))
        {
            case TooMany tooMany:
                return tooMany;
            case Unavailable unavailable:
                return unavailable;
            case Invalid invalid:
                return invalid;
        }

        await using var transaction = await db.Begin(cancel);
        if (await Precedence.Lock(db, self.Id, cancel) is not { } user)
            return TypedResults.NoContent(); // a concurrent request deleted the user
        if (
            (
                await Precedence.RefuseLast(db, user.Id, role: null, cancel)
                ?? await RefuseUndoable(db, user.Id, clock.GetUtcNow(), cancel)
            ) is
            { } refused
        )
        {
            await transaction.RollbackAsync(cancel);
            // The password was right: an open attempt would refuse the user's next one for a minute.
            if (body?.Password is not null)
                await reauthentication.Succeeded(self, cancel);
            return refused;
        }
        db.Remove(user);
        await mails.AccountDeleted(db, context.Tenant, user, cancel);
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        if (body?.Password is not null)
            await reauthentication.Succeeded(self, cancel);
        await transaction.CommitAsync(cancel);
        revocations.Revoke(user.Id);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Attack: a thief changes the address, and deletes the account before its owner follows the link that undoes the
    /// change.
    /// </summary>
    private static async Task<Conflicting?> RefuseUndoable(
        TenantDb db,
        Guid userId,
        DateTimeOffset now,
        CancellationToken cancel
    ) =>
        await db.Set<MailedToken>()
            .Where(token =>
                token.UserId == userId && token.Purpose == MailedTokenPurpose.EmailChangeUndo && token.ExpiresAt > now
            )
            .MaxAsync(token => (DateTimeOffset?)token.ExpiresAt, cancel)
            is { } until
            ? Problems.Conflicting(
                FormattableString.Invariant(
                    $"The address was changed recently, and its former owner can undo that until {until:yyyy-MM-dd HH:mm} UTC. The account can be deleted afterwards, or by an administrator now."
                )
            )
            : null;
}
