using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Passwords;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>Accepts an invitation: the user chooses a password. The token from the mail proves the address.</summary>
public static class AcceptInvitation
{
    /// <param name="Token">The token from the invitation mail.</param>
    /// <param name="Password">The password that the user chooses.</param>
    /// <param name="FirstName">The user's first name.</param>
    /// <param name="LastName">The user's last name.</param>
    public sealed record Request(
        [RequiredMember] string? Token,
        [RequiredMember, Password] string? Password,
        [RequiredMember, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName
    ) : IExample<Request>
    {
        public static Request Example =>
            new(VerifyEmail.Request.Example.Token, "correct horse battery", "Ada", "Lovelace");
    }

    public static async Task<Results<Created<UserDocument>, Invalid, Unavailable>> Handle(
        Request body,
        MailedTokenLookup tokens,
        NewPasswords passwords,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, tenant, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;

        // Before the transaction: it may call a service on the network.
        if (await passwords.BreachFault(body.Password!, cancel) is { } breach)
            return Problems.Invalid("password", breach);
        if (await passwords.Hash(tenant, body.Password!, cancel) is not { } hash)
            return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);

        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.Invitation, now, cancel) is not { } used)
            return MailedTokenLookup.Refusal();

        var user = await db.Set<User>().SingleAsync(u => u.Id == used.UserId, cancel);
        if (!user.IsInvited)
            return MailedTokenLookup.Refusal();
        // A link to set a password, mailed before, would replace the one that is chosen now.
        await MailedToken.WithdrawCredentials(db, user.Id, cancel);
        user.PasswordHash = hash;
        user.FirstName = body.FirstName;
        user.LastName = body.LastName;
        if (User.PasswordFault(user, tenant, body.Password!) is { } fault)
            return Problems.Invalid("password", fault); // nothing is committed: the token stays valid
        user.EmailVerified = true;
        user.UpdatedAt = now;
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        var document = await UserDocument.Of(db, user, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"{settings.ApiPath}/users/{user.Id}", document);
    }
}
