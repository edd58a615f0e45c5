using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.EmailChanges;

/// <summary>
/// Changes the e-mail address of a user: the token from the mail proves the new address. The old address gets a mail
/// with a link that undoes the change, because a thief of the session or the password may have asked for the change.
/// </summary>
public static class ConfirmEmailChange
{
    /// <param name="Token">The token from the mail.</param>
    public sealed record Request([RequiredMember] string? Token) : IExample<Request>
    {
        public static Request Example => new(VerifyEmail.Request.Example.Token);
    }

    public static async Task<Results<NoContent, Invalid, Conflicting>> Handle(
        Request body,
        MailedTokenLookup tokens,
        AddressChange change,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, tenant, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;
        await using var transaction = await db.Begin(cancel);
        if (
            await MailedToken.Consume(db, token, MailedTokenPurpose.EmailChange, clock.GetUtcNow(), cancel)
            is not { Email: { } email } used
        )
            return MailedTokenLookup.Refusal();
        await change.Confirm(db, tenant, used.UserId, email, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }
}
