using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>The mail with the link by which an invited user joins a tenant.</summary>
public static class Invitation
{
    /// <summary>The page behind the link.</summary>
    public const string Path = "/accept-invitation";

    /// <summary>Adds the mail and its token to the transaction.</summary>
    public static Task Add(
        TenantDb db,
        Outbox outbox,
        string tenantName,
        User user,
        DateTimeOffset now,
        CancellationToken cancel
    ) =>
        outbox.AddSecurityMail(
            db,
            SystemTemplates.Invitation,
            user.Mailbox,
            user.MailNames(tenantName),
            outbox.Link(Path, MailedToken.Add(db, user.TenantId, user.Id, MailedTokenPurpose.Invitation, now)),
            null,
            cancel
        );

    /// <summary>Replaces the links that were mailed before by a new one, in the transaction.</summary>
    /// <returns>Whether the user still exists.</returns>
    public static async Task<bool> Replace(
        TenantDb db,
        Outbox outbox,
        string tenantName,
        User user,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        if (!await MailedToken.Withdraw(db, user.Id, MailedTokenPurpose.Invitation, cancel))
            return false;
        await Add(db, outbox, tenantName, user, now, cancel);
        return true;
    }

    /// <summary>Invites one of many users again, in the transaction.</summary>
    /// <returns>Why the user is not invited; null: the mail is added.</returns>
    public static async Task<NotInvited?> Resend(
        TenantDb db,
        Outbox outbox,
        string tenantName,
        User user,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        if (!user.IsInvited)
            return NotInvited.HasPassword;
        if (!user.IsActive)
            return NotInvited.Deactivated;
        if (await RefuseTooSoon(db, user.Email, now, cancel) is not null)
            return NotInvited.TooSoon;
        return await Replace(db, outbox, tenantName, user, now, cancel) ? null : NotInvited.NotFound;
    }

    /// <returns>The refusal where the address was invited too often; null: it can be invited now.</returns>
    public static async Task<TooMany?> RefuseTooSoon(
        TenantDb db,
        string address,
        DateTimeOffset now,
        CancellationToken cancel
    ) =>
        await MailCooldown.Check(db, SystemTemplates.Invitation, address, now, cancel) is { Ticks: > 0 } wait
            ? new TooMany("This address was invited several times recently. Wait before you invite it again.", wait)
            : null;
}
