using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Passwords;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.EmailChanges;

/// <summary>
/// Asks to change the caller's e-mail address. The address changes when the link in the mail to the new address is
/// used. The response does not reveal whether the new address has an account.
/// </summary>
public static class RequestEmailChange
{
    /// <param name="Email">The new e-mail address.</param>
    /// <param name="Password">The user's password. Required if the session began more than ten minutes ago.</param>
    public sealed record Request(
        [RequiredMember, Email] string? Email,
        [StringLength(1024, ErrorMessage = "is too long")] string? Password
    ) : IExample<Request>
    {
        public static Request Example => new("ada.king@example.com", "correct horse battery");
    }

    /// <summary>The audit action.</summary>
    public const string Action = "auth.email_change_requested";

    /// <summary>The requests of one user in a day: a signed-in user must not flood strangers.</summary>
    private const int MostInADay = 5;

    public static async Task<Results<Accepted, Invalid, TooMany, Unavailable>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        Reauthentication reauthentication,
        AuthMails mails,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var (caller, now, key) = (context.SignedIn, clock.GetUtcNow(), EmailAddress.Key(body.Email!));
        var user = await db.Set<User>().Where(u => u.Id == caller.UserId).OfCaller(cancel);
        if (user.Email == EmailAddress.Stored(body.Email!))
            return Problems.Invalid("email", "is the present address");
        switch (await reauthentication.Demand(caller, user, body.Password, cancel))
        {
            case TooMany tooMany:
                return tooMany;
            case Unavailable unavailable:
                return unavailable;
            case Invalid invalid:
                return invalid;
        }

        await using var transaction = await db.Begin(cancel);
        if (!await MailedToken.MakeRoom(db, user.Id, MailedTokenPurpose.EmailChange, cancel))
            return TypedResults.Accepted((string?)null); // a concurrent request deleted the user, and its attempts
        // All requests count, also those for taken addresses: the limit must not tell them from free ones.
        var since = now - TimeSpan.FromDays(1);
        var (tenant, first) = (context.TenantId, Guid.CreateVersion7(since)); // ids of events are in the order of time
        var asked = await db
            .Database.SqlQuery<int>(
                $"""
                SELECT count(*)::int AS "Value" FROM (
                    SELECT FROM audit_events WHERE tenant_id = {tenant} AND actor_id = {user.Id} AND id > {first} AND action = {Action} AND outcome = {AuditTrail.Success}
                    LIMIT {MostInADay}) AS counted
                """
            )
            .ToListAsync(cancel);
        if (asked[0] >= MostInADay)
        {
            await transaction.RollbackAsync(cancel);
            // The password was right: an open attempt would refuse the user's next one for a minute.
            if (body.Password is not null)
                await reauthentication.Succeeded(user, cancel);
            return Problems.TooMany("You have asked for too many address changes today.", TimeSpan.FromHours(1));
        }

        var owner = await db.Set<User>()
            .AsNoTracking()
            .SingleOrDefaultAsync(other => other.EmailNormalized == key && other.Id != user.Id, cancel);
        if (owner is not null && !owner.IsClaimIn(context.Tenant))
            await mails.AddressTaken(db, context.Tenant, owner.Email, now, cancel);
        else if (await MailCooldown.Check(db, SystemTemplates.EmailChange, body.Email!, now, cancel) == TimeSpan.Zero)
        {
            var token = MailedToken.Add(
                db,
                context.TenantId,
                user.Id,
                MailedTokenPurpose.EmailChange,
                now,
                EmailAddress.Stored(body.Email!)
            );
            await mails.EmailChange(db, context.Tenant, user, body.Email!, token, cancel);
        }
        audit.Add(db, user.Id);
        await db.SaveChangesAsync(cancel);
        if (body.Password is not null)
            await reauthentication.Succeeded(user, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }
}
