using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Users;

/// <summary>The mail that brings a user in. It can be sent again, which ends the one before, or taken back while nobody came.</summary>
public static class Invitation
{
    /// <summary>The page behind the link.</summary>
    public const string Path = "/accept-invitation";

    /// <summary>Adds the mail and its token to the change that is being made.</summary>
    public static Task Send(
        TenantDb db,
        Outbox outbox,
        string tenantName,
        User user,
        DateTimeOffset now,
        CancellationToken cancel
    ) =>
        outbox.SecurityMail(
            db,
            SystemTemplates.Invitation,
            user.Mailbox,
            new Dictionary<string, string?> { ["tenant_name"] = tenantName, ["first_name"] = user.NameInMail },
            outbox.Link(Path, MailedToken.Add(db, user.TenantId, user.Id, MailedTokenPurpose.Invitation, now)),
            null,
            cancel
        );

    /// <returns>the refusal; null: the address may be invited now</returns>
    public static async Task<TooMany?> Pause(
        TenantDb db,
        string address,
        DateTimeOffset now,
        CancellationToken cancel
    ) =>
        await MailCooldown.Take(db, SystemTemplates.Invitation, address, now, cancel) is { Ticks: > 0 } left
            ? new TooMany(
                "This address was invited several times just now. Wait before you send the invitation again.",
                left
            )
            : null;

    public static async Task<Results<Accepted, Missing, Denied, Conflicting, TooMany>> Resend(
        Guid id,
        TenantContext context,
        TenantDb db,
        Outbox outbox,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (await db.Set<User>().SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
            return Problems.Missing("There is no such user.");
        if (!user.IsInvited || !user.IsActive)
            return Problems.Conflicting("The user has come already, or is switched off.");

        if (await Precedence.Over(db, context.SignedIn, id, cancel) is { } above)
            return above;

        var now = clock.GetUtcNow();
        await using var transaction = await db.Begin(cancel);
        if (await Pause(db, user.Email, now, cancel) is { } pause)
            return pause;
        if (!await MailedToken.Withdraw(db, id, MailedTokenPurpose.Invitation, cancel))
            return Problems.Missing("There is no such user.");
        await Send(db, outbox, context.Tenant.Name, user, now, cancel);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }

    public static async Task<Results<NoContent, Missing, Denied, Conflicting>> Cancel(
        Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await db.Set<User>().SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
            return Problems.Missing("There is no such user.");
        if (!user.IsInvited)
            return Problems.Conflicting("The user has come already.");

        if (await Precedence.Over(db, context.SignedIn, id, cancel) is { } above)
            return above;

        // Nothing of theirs is there: nobody has ever signed in. Whoever accepts at this moment wins, and this is a conflict.
        db.Remove(user);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
