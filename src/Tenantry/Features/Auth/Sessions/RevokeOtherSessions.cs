using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>Revokes all sessions of the caller, except the session of the request.</summary>
public static class RevokeOtherSessions
{
    public static async Task<NoContent> Handle(
        TenantContext context,
        TenantDb db,
        SessionRevocation revocation,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var others = await db.Set<Session>()
            .Where(session =>
                session.UserId == caller.UserId && session.Id != caller.SessionId && session.RevokedAt == null
            )
            .ToListAsync(cancel);
        await revocation.Revoke(db, others, caller.UserId, cancel, linksOf: caller.UserId);
        return TypedResults.NoContent();
    }
}
