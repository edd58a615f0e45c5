using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>Ends the session in use, the one of a refresh token besides, or all of the user's.</summary>
public static class Logout
{
    public sealed record Request(string? RefreshToken, bool? AllSessions) : IExample<Request>
    {
        public static Request Example => new(null, false);
    }

    public static async Task<Results<NoContent, Invalid, Denied>> Handle(
        Request? body,
        [FromHeader(Name = SessionCookies.CsrfHeader)] string? csrf,
        HttpContext http,
        SessionCookies cookies,
        TenantContext context,
        TenantDb db,
        TokenStateCache revocations,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var sent = SessionCookies.Sent(http, SessionCookies.RefreshCookie);
        if (sent.Count > 0 && (csrf is null || !cookies.IsFromOurPage(http, caller.SessionId)))
            return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.When);

        var sessions = db.Set<Session>().Where(session => session.UserId == caller.UserId && session.RevokedAt == null);
        if (body?.AllSessions != true)
        {
            var families = new List<Guid>();
            foreach (var token in body?.RefreshToken is { } said ? [said] : sent)
            {
                if (await FamilyOf(token, caller, db, cancel) is { } family)
                    families.Add(family);
            }
            sessions = sessions.Where(session => session.Id == caller.SessionId || families.Contains(session.Id));
        }

        var now = clock.GetUtcNow();
        var ending = await sessions.ToListAsync(cancel);
        foreach (var session in ending)
            session.RevokedAt = now;
        audit.Add(db, caller.UserId);
        await db.SaveChangesAsync(cancel);

        // After the commit: a change that failed must not sign anybody out.
        revocations.Add(caller.SessionId);
        foreach (var session in ending)
            revocations.Add(session.Id);
        if (sent.Count > 0)
            cookies.Clear(http);
        return TypedResults.NoContent();
    }

    /// <summary>A token that is not the caller's ends nothing: signing out must not tell whose it is.</summary>
    private static async Task<Guid?> FamilyOf(
        string? refreshToken,
        Caller caller,
        TenantDb db,
        CancellationToken cancel
    )
    {
        if (refreshToken is null || !OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, refreshToken, out var token))
            return null;
        var hash = token.Hash;
        return await db.Set<RefreshToken>()
            .Where(t => t.TokenHash == hash && t.UserId == caller.UserId)
            .Select(t => (Guid?)t.Family)
            .SingleOrDefaultAsync(cancel);
    }
}
