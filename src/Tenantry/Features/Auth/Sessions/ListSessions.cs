using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>Lists the caller's sessions that can still be refreshed, newest first.</summary>
public static class ListSessions
{
    public static async Task<Ok<Page<SessionDocument>>> Handle(
        PageRequest page,
        TenantContext context,
        TenantDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var (caller, now) = (context.SignedIn, clock.GetUtcNow());
        var sessions = db.Set<Session>()
            .AsNoTracking()
            .Where(session =>
                session.UserId == caller.UserId
                && session.RevokedAt == null
                && session.ExpiresAt > now
                && db.Set<RefreshToken>()
                    .Any(token => token.Family == session.Id && token.ReplacedAt == null && token.ExpiresAt > now)
            );
        if (page.After is { } after)
            sessions = sessions.Where(session => session.Id < after);
        var rows = await sessions.OrderByDescending(session => session.Id).Take(page.Limit + 1).ToListAsync(cancel);
        return TypedResults.Ok(
            page.ToPage([.. rows.Select(session => SessionDocument.Of(session, caller))], session => session.Id, http)
        );
    }
}
