using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>Revokes the caller's session, the session of a refresh token too, or all sessions of the caller.</summary>
public static class Logout
{
    /// <param name="RefreshToken">
    /// A refresh token of the caller. Its session is revoked, too. Leave it out in cookie mode.
    /// </param>
    /// <param name="AllSessions">Whether to revoke all sessions of the caller.</param>
    public sealed record Request(string? RefreshToken, bool? AllSessions) : IExample<Request>
    {
        public static Request Example => new(null, false);
    }

    public static async Task<Results<NoContent, Invalid, Denied>> Handle(
        Request? body,
        [FromHeader(Name = SessionCookies.CsrfHeader)]
        [Description("In cookie mode: the `csrf_token` that the sign-in or the last refresh returned.")]
            string? csrf,
        HttpContext http,
        SessionCookies cookies,
        TenantContext context,
        TenantDb db,
        SessionRevocation revocation,
        TokenStateCache revocations,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        var sent = SessionCookies.Sent(http, SessionCookies.RefreshCookie);
        if (sent.Count > 0 && (csrf is null || !cookies.HasCsrfToken(http, caller.SessionId)))
            return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.Description);

        var sessions = db.Set<Session>().Where(session => session.UserId == caller.UserId && session.RevokedAt == null);
        if (body?.AllSessions != true)
        {
            var families = new List<Guid>();
            foreach (var token in body?.RefreshToken is { } given ? [given] : sent)
            {
                if (await FamilyOf(token, caller, db, cancel) is { } family)
                    families.Add(family);
            }
            sessions = sessions.Where(session => session.Id == caller.SessionId || families.Contains(session.Id));
        }

        await revocation.Revoke(await sessions.ToListAsync(cancel), caller.UserId, cancel);
        revocations.Revoke(caller.SessionId); // also where a concurrent request revoked it
        if (sent.Count > 0)
            cookies.Clear(http);
        return TypedResults.NoContent();
    }

    // A token of another user is ignored: a logout must not reveal to whom a token belongs.
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
