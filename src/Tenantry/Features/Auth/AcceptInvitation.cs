using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>The invited user chooses a password. Having read the mail proves the address.</summary>
public static class AcceptInvitation
{
    public sealed record Request(
        [Needed] string? Token,
        [Needed, Password] string? Password,
        [Needed, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName
    ) : IExample<Request>
    {
        public static Request Example =>
            new(VerifyEmail.Request.Example.Token, "correct horse battery", "Ada", "Lovelace");
    }

    public static async Task<Results<Created<UserDocument>, Invalid, Unavailable>> Handle(
        Request body,
        MailedTokenRequest tokens,
        TenantDirectory directory,
        PasswordHashing hashing,
        BreachedPasswords breached,
        AuditTrail audit,
        ServiceSettings settings,
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
        if (await breached.Fault(body.Password!, cancel) is { } leaked)
            return Problems.Invalid("password", leaked);

        string hash;
        using (var turn = await hashing.Turn(tenant.Id, cancel))
        {
            if (turn is null)
                return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);
            hash = turn.Hash(body.Password!);
        }

        await using var transaction = await db.Begin(cancel);
        var now = clock.GetUtcNow();
        if (await MailedToken.Consume(db, token, MailedTokenPurpose.Invitation, now, cancel) is not { } id)
            return VerifyEmail.NotGood();

        var user = await db.Set<User>().SingleAsync(u => u.Id == id, cancel);
        user.PasswordHash = hash;
        user.FirstName = body.FirstName;
        user.LastName = body.LastName;
        if (User.PasswordFault(user, tenant, body.Password!) is { } fault)
            return Problems.Invalid("password", fault); // nothing is committed: the token stays good
        user.EmailVerified = true;
        user.UpdatedAt = now;
        audit.Add(db, user.Id, actor: user.Id);
        await db.SaveChangesAsync(cancel);
        var document = await UserDocument.Of(db, user, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Created($"{settings.ApiPath}/users/{user.Id}", document);
    }
}
