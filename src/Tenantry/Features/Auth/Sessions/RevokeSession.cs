using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>Revokes one session of the caller.</summary>
public static class RevokeSession
{
    public static async Task<Results<NoContent, Missing>> Handle(
        [Description("The session's id.")] Guid id,
        TenantContext context,
        TenantDb db,
        SessionRevocation revocation,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        if (
            await db.Set<Session>()
                .SingleOrDefaultAsync(
                    session => session.Id == id && session.UserId == caller.UserId && session.RevokedAt == null,
                    cancel
                )
            is not { } session
        )
            return Problems.Missing("You have no active session with this id.");
        await revocation.Revoke(
            db,
            [session],
            session.Id,
            cancel,
            linksOf: session.Id == caller.SessionId ? null : caller.UserId
        );
        return TypedResults.NoContent();
    }
}
