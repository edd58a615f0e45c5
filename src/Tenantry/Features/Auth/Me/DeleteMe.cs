using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
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

namespace Tenantry.Features.Auth.Me;

/// <summary>
/// A user goes, with sessions, roles and tokens. Whoever found a device unlocked should not be able to do it: past the first minutes of a session the password is asked
/// for once more.
/// </summary>
public static class DeleteMe
{
    /// <param name="Password">Needed where the session began more than ten minutes ago.</param>
    public sealed record Request([StringLength(1024, ErrorMessage = "is too long")] string? Password)
        : IExample<Request>
    {
        public static Request Example => new("correct horse battery");
    }

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    public static async Task<Results<NoContent, Invalid, Conflicting, TooMany, Unavailable>> Handle(
        [FromBody] Request? body,
        TenantContext context,
        TenantDb db,
        PasswordHashing hashing,
        TokenStateCache revocations,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var (caller, now) = (context.SignedIn, clock.GetUtcNow());
        var known = await db.Set<User>().AsNoTracking().Where(u => u.Id == caller.UserId).OfCaller(cancel);
        var isFresh = await db.Set<Session>()
            .AnyAsync(session => session.Id == caller.SessionId && session.CreatedAt > now - Fresh, cancel);
        if (body?.Password is null && !isFresh)
            return Problems.Invalid("password", "is needed: you signed in more than ten minutes ago");

        Attempt[] attempts = [new(AttemptKind.Session, caller.UserId.ToString())];
        if (body?.Password is { } password)
        {
            if (await Attempt.Begin(db, attempts, now, cancel) is { } wait)
                return Problems.TooMany("Too many attempts failed. Wait, or ask for a new password by mail.", wait);
            bool isRight;
            using (var turn = await hashing.Turn(context.TenantId, cancel))
            {
                if (turn is null)
                {
                    await Attempt.Dropped(db, attempts, clock.GetUtcNow(), cancel);
                    return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
                }
                isRight = turn.Verify(password, known.PasswordHash);
            }
            if (!isRight)
            {
                await using var failing = await db.Begin(cancel);
                audit.Add(db, known.Id, "wrong_password");
                await db.SaveChangesAsync(cancel);
                await Attempt.Failed(db, attempts, clock.GetUtcNow(), cancel);
                await failing.CommitAsync(cancel);
                return Problems.Invalid("password", "is not the present password");
            }
        }

        await using var transaction = await db.Begin(cancel);
        if (await Precedence.Take(db, known.Id, cancel) is not { } user)
            return TypedResults.NoContent(); // gone meanwhile
        if (await Precedence.OfTheLast(db, user.Id, role: null, cancel) is { } last)
            return last;
        db.Remove(user);
        await AuthMails.AccountDeleted(db, outbox, context.Tenant, user, cancel);
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        revocations.Add(user.Id);
        return TypedResults.NoContent();
    }
}
