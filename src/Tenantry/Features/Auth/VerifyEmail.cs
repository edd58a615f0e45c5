using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth;

/// <summary>Verifies an e-mail address: only a reader of its mail has the token.</summary>
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
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, _, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.EmailVerification, now, cancel) is not { } id)
            return MailedTokenLookup.Refusal();

        var user = await db.Set<User>().SingleAsync(u => u.Id == id, cancel);
        user.EmailVerified = true;
        user.UpdatedAt = now;
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }
}
