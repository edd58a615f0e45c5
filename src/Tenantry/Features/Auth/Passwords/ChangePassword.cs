using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>
/// A new password for whoever knows the present one. Every other session ends: a thief who is signed in goes with the password that
/// let them in, and the owner of the address hears of it by mail.
/// </summary>
public static class ChangePassword
{
    public sealed record Request(
        [Needed, StringLength(1024, ErrorMessage = "is too long")] string? CurrentPassword,
        [Needed, Password] string? NewPassword
    ) : IExample<Request>
    {
        public static Request Example => new("correct horse battery", "a longer horse and two batteries");
    }

    public static async Task<Results<NoContent, Invalid, TooMany, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        PasswordHashing hashing,
        BreachedPasswords breached,
        TokenStateCache revocations,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var user = await db.Set<User>().Where(u => u.Id == caller.UserId).OfCaller(cancel);

        if (
            (
                User.PasswordFault(user, context.Tenant, body.NewPassword!)
                ?? await breached.Fault(body.NewPassword!, cancel)
            ) is
            { } fault
        )
            return Problems.Invalid("new_password", fault);

        // Whoever found a device unlocked does not get to guess for long.
        Attempt[] attempts = [new(AttemptKind.Session, caller.UserId.ToString())];
        if (await Attempt.Begin(db, attempts, clock.GetUtcNow(), cancel) is { } wait)
            return Problems.TooMany("Too many attempts failed. Wait, or ask for a new password by mail.", wait);

        bool isRight;
        string hash;
        using (var turn = await hashing.Turn(context.TenantId, cancel))
        {
            if (turn is null)
            {
                await Attempt.Dropped(db, attempts, clock.GetUtcNow(), cancel);
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            }
            isRight = turn.Verify(body.CurrentPassword!, user.PasswordHash);
            hash = turn.Hash(body.NewPassword!);
        }
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (!isRight)
        {
            audit.Add(db, user.Id, "wrong_password");
            await db.SaveChangesAsync(cancel);
            await Attempt.Failed(db, attempts, now, cancel);
            await transaction.CommitAsync(cancel);
            return Problems.Invalid("current_password", "is not the present password");
        }

        user.PasswordHash = hash;
        user.UpdatedAt = now;
        var others = await db.Set<Session>()
            .Where(s => s.UserId == user.Id && s.Id != caller.SessionId && s.RevokedAt == null)
            .ToListAsync(cancel);
        others.ForEach(session => session.RevokedAt = now);
        await AuthMails.PasswordChanged(db, outbox, context.Tenant, user, cancel);
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        await Attempt.Succeeded(db, attempts, now, cancel);
        await transaction.CommitAsync(cancel);
        others.ForEach(session => revocations.Add(session.Id));
        return TypedResults.NoContent();
    }
}
