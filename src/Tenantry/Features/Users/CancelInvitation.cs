using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Cancels an invitation that was not accepted: deletes the user, so that the link becomes invalid.</summary>
public static class CancelInvitation
{
    public static async Task<Results<NoContent, Missing, Denied, Conflicting>> Handle(
        [Description("The user's id.")] Guid id,
        TenantContext context,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        if (await db.Set<User>().SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } user)
            return Problems.Missing("There is no such user.");
        // A user who has undone a change of the address has no password for a while, and is no invitation.
        if (!user.IsInvited || user.LastLoginAt is not null)
            return Problems.Conflicting("The user has already accepted the invitation.");

        if (await Precedence.RefuseSuperior(db, context.SignedIn, id, cancel) is { } superior)
            return superior;

        // An invited user owns nothing, since it has never signed in. If the user accepts at this moment, the
        // acceptance wins: the row version has changed, and this request gets a conflict.
        db.Remove(user);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        return TypedResults.NoContent();
    }
}
