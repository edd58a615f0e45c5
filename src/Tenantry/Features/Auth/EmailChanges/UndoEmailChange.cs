using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.EmailChanges;

/// <summary>
/// Returns to the e-mail address before a change, with the token that was mailed to it. The person who changed the
/// address knew the password or had a session: both end, and the user sets a new password by mail.
/// </summary>
public static class UndoEmailChange
{
    /// <param name="Token">The token from the mail to the former address.</param>
    public sealed record Request([RequiredMember] string? Token) : IExample<Request>
    {
        public static Request Example => new(VerifyEmail.Request.Example.Token);
    }

    public static async Task<Results<NoContent, Invalid, Conflicting>> Handle(
        Request body,
        MailedTokenLookup tokens,
        AddressChange change,
        TokenStateCache revocations,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await tokens.Open(body.Token!, cancel) is not var (token, tenant, db))
            return MailedTokenLookup.Refusal();
        await using var open = db;
        await using var transaction = await db.Begin(cancel);
        if (
            await MailedToken.Consume(db, token, MailedTokenPurpose.EmailChangeUndo, clock.GetUtcNow(), cancel)
            is not { Email: { } email } used
        )
            return MailedTokenLookup.Refusal();
        var ended = await change.Undo(db, tenant, used.UserId, email, cancel);
        await transaction.CommitAsync(cancel);
        revocations.RevokeAll(ended.Select(session => session.Id));
        return TypedResults.NoContent();
    }
}
