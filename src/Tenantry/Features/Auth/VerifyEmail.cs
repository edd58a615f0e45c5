using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>
/// Verifies an e-mail address: only a reader of its mail has the token. Until then any person may have registered it.
/// So the proof makes valid what the registration of its own mail chose, and ends whatever else was set before it:
/// other passwords, links and sessions.
/// </summary>
public static class VerifyEmail
{
    /// <param name="Token">The token from the mail.</param>
    public sealed record Request([RequiredMember] string? Token) : IExample<Request>
    {
        public static Request Example => new("tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ");
    }

    public static async Task<Results<NoContent, Invalid>> Handle(
        Request body,
        MailedTokenLookup tokens,
        TokenStateCache revocations,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, tenant, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.EmailVerification, now, cancel) is not { } used)
            return MailedTokenLookup.Refusal();

        var user = await db.Set<User>().SingleAsync(u => u.Id == used.UserId, cancel);
        var replacesPassword = used.Claim is { } chosen && chosen.PasswordHash != user.PasswordHash;
        if (used.Claim is { } claim)
            (user.PasswordHash, user.FirstName, user.LastName) = (claim.PasswordHash, claim.FirstName, claim.LastName);
        // Where addresses need no proof, the user has worked with this account, and stays signed in.
        IReadOnlyList<Session> ended = [];
        if (replacesPassword || (!user.EmailVerified && tenant.VerificationRequired))
        {
            await MailedToken.WithdrawAll(db, user.Id, cancel);
            ended = await Session.EndAll(db, user.Id, except: null, now, cancel);
        }
        user.EmailVerified = true;
        user.UpdatedAt = now;
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        revocations.RevokeAll(ended.Select(session => session.Id));
        return TypedResults.NoContent();
    }
}
