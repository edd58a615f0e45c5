using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>
/// Sets a new password for a user who has the token from the reset mail. It revokes all sessions: one of them may be a
/// thief's.
/// </summary>
public static class ResetPassword
{
    /// <param name="Token">The token from the mail.</param>
    /// <param name="NewPassword">The password that the user chooses.</param>
    public sealed record Request([RequiredMember] string? Token, [RequiredMember, Password] string? NewPassword)
        : IExample<Request>
    {
        public static Request Example => new(VerifyEmail.Request.Example.Token, "a longer horse and two batteries");
    }

    public static async Task<Results<NoContent, Invalid, Unavailable>> Handle(
        Request body,
        MailedTokenLookup tokens,
        NewPasswords passwords,
        PasswordChange change,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, tenant, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;

        // Before the transaction: it may call a service on the network.
        if (await passwords.BreachFault(body.NewPassword!, cancel) is { } breach)
            return Problems.Invalid("new_password", breach);
        if (await passwords.Hash(tenant, body.NewPassword!, cancel) is not { } hash)
            return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);

        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.PasswordReset, now, cancel) is not { } used)
            return MailedTokenLookup.Refusal();

        var user = await db.Set<User>().SingleAsync(u => u.Id == used.UserId, cancel);
        if (User.PasswordFault(user, tenant, body.NewPassword!) is { } fault)
            return Problems.Invalid("new_password", fault); // nothing is committed: the token stays valid
        user.EmailVerified = true; // the token proves that the user reads this address
        var revoked = await change.Save(db, tenant, user, hash, current: null, cancel);
        await transaction.CommitAsync(cancel);
        change.Announce(revoked);
        return TypedResults.NoContent();
    }
}
