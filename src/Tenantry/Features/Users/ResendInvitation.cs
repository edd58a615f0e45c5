using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;

namespace Tenantry.Features.Users;

/// <summary>Sends an invitation again, with a new link. The previous link becomes invalid.</summary>
public static class ResendInvitation
{
    public static async Task<Results<Accepted, Missing, Denied, Conflicting, TooMany>> Handle(
        [Description("The user's id.")] Guid id,
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
            return Problems.Conflicting("The user has already accepted the invitation, or is deactivated.");

        if (await Precedence.RefuseSuperior(db, context.SignedIn, id, cancel) is { } superior)
            return superior;

        var now = clock.GetUtcNow();
        await using var transaction = await db.Begin(cancel);
        if (await Invitation.RefuseTooSoon(db, user.Email, now, cancel) is { } tooSoon)
            return tooSoon;
        if (!await Invitation.Replace(db, outbox, context.Tenant.Name, user, now, cancel))
            return Problems.Missing("There is no such user.");
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null);
    }
}
