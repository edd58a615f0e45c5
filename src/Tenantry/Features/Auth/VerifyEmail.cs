using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth;

/// <summary>Whoever has the token from the mail reads the mail of that address.</summary>
public static class VerifyEmail
{
    public sealed record Request([Needed] string? Token) : IExample<Request>
    {
        public static Request Example => new("tnm_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ");
    }

    public static async Task<Results<NoContent, Invalid>> Handle(
        Request body,
        MailedTokenRequest tokens,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, db))
            return NotGood();
        await using var _ = db;
        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.EmailVerification, now, cancel) is not { } id)
            return NotGood();

        var user = await db.Set<User>().SingleAsync(u => u.Id == id, cancel);
        user.EmailVerified = true;
        user.UpdatedAt = now;
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    internal static Invalid NotGood() =>
        Problems.Invalid("token", "is not good any more: it was used, has expired, or was never given out");
}
