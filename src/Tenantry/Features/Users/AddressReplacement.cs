using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>
/// An administrator's change of a user's e-mail address. The user must prove the new address; all sessions and mailed
/// links end, and the former address is informed.
/// </summary>
public sealed class AddressReplacement(TenantContext context, TenantDb db, Outbox outbox)
{
    /// <returns>The refusal; null: the address is changed, in the transaction of <paramref name="change"/>.</returns>
    public async Task<IResult?> Make(User user, string email, UserChange change, CancellationToken cancel)
    {
        if (await RefuseTooSoon(user, email, change.Now, cancel) is { } tooSoon)
            return tooSoon;
        if (user.Id == context.SignedIn.UserId)
            return Problems.Denied(
                Problems.PermissionDenied,
                "You cannot change your own address here, because it needs your password: use POST auth/email-change."
            );
        var (before, wasProved, tenant) = (user.Email, user.EmailVerified, context.Tenant);
        await MailedToken.WithdrawAll(db, user.Id, cancel);
        await change.RevokeSessions(user.Id, cancel);
        user.ChangeEmail(email, isVerified: false, change.Now);
        user.IsSelfRegistered = false;
        if (user.IsInvited)
            await Invitation.Add(db, outbox, tenant.Name, user, change.Now, cancel);
        else
            await outbox.AddSecurityMail(
                db,
                SystemTemplates.VerifyEmail,
                user.Mailbox,
                user.MailNames(tenant.Name),
                outbox.Link(
                    MailedToken.VerifyEmailPath,
                    MailedToken.Add(db, tenant.Id, user.Id, MailedTokenPurpose.EmailVerification, change.Now)
                ),
                null,
                cancel
            );
        if (wasProved)
            await outbox.AddMail(
                db,
                SystemTemplates.EmailReplaced,
                user.Mailbox with
                {
                    Address = before,
                },
                user.MailNames(tenant.Name),
                null,
                cancel
            );
        return null;
    }

    /// <summary>
    /// Checks the pause between two mails to the new address. Attack: an administrator of a tenant floods the mailbox of
    /// a stranger.
    /// </summary>
    /// <returns>The refusal; null: the address can get a mail now.</returns>
    private async Task<TooMany?> RefuseTooSoon(User user, string email, DateTimeOffset now, CancellationToken cancel)
    {
        var template = user.IsInvited ? SystemTemplates.Invitation : SystemTemplates.VerifyEmail;
        return await MailCooldown.Check(db, template, email, now, cancel) is { Ticks: > 0 } wait
            ? Problems.TooMany("This address got several mails recently. Wait before you set it again.", wait)
            : null;
    }
}
