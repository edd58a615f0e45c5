using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Passwords;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>A new password for whoever reads the mail of the address. Every session ends: one of them may be a thief's.</summary>
public static class ResetPassword
{
    public sealed record Request([Needed] string? Token, [Needed, Password] string? NewPassword) : IExample<Request>
    {
        public static Request Example => new(VerifyEmail.Request.Example.Token, "a longer horse and two batteries");
    }

    public static async Task<Results<NoContent, Invalid, Unavailable>> Handle(
        Request body,
        MailedTokenRequest tokens,
        TenantDirectory directory,
        PasswordHashing hashing,
        BreachedPasswords breached,
        TokenStateCache revocations,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, db))
            return VerifyEmail.NotGood();
        await using var _ = db;
        if (await directory.ById(token.Tenant, cancel) is not { } tenant)
            return VerifyEmail.NotGood();

        // Before the transaction: it may ask somebody on the network.
        if (await breached.Fault(body.NewPassword!, cancel) is { } leaked)
            return Problems.Invalid("new_password", leaked);

        string hash;
        using (var turn = await hashing.Turn(tenant.Id, cancel))
        {
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            hash = turn.Hash(body.NewPassword!);
        }

        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.PasswordReset, now, cancel) is not { } id)
            return VerifyEmail.NotGood();

        var user = await db.Set<User>().SingleAsync(u => u.Id == id, cancel);
        if (User.PasswordFault(user, tenant, body.NewPassword!) is { } fault)
            return Problems.Invalid("new_password", fault); // nothing is committed: the token stays good
        user.PasswordHash = hash;
        user.EmailVerified = true; // the mail was read
        user.UpdatedAt = now;
        var sessions = await db.Set<Session>()
            .Where(session => session.UserId == id && session.RevokedAt == null)
            .ToListAsync(cancel);
        sessions.ForEach(session => session.RevokedAt = now);
        await AuthMails.PasswordChanged(db, outbox, tenant, user, cancel);
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        sessions.ForEach(session => revocations.Add(session.Id));
        return TypedResults.NoContent();
    }
}
