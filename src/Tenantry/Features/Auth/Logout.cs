using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>
/// Revokes a session. The access token or the refresh token is the credential: a person who returns after the access
/// token has expired must be able to sign out.
/// </summary>
public static class Logout
{
    /// <param name="RefreshToken">
    /// A refresh token. Its session is revoked; without an access token it is the credential. Leave it out in cookie
    /// mode: the cookie contains it.
    /// </param>
    /// <param name="AllSessions">Whether to revoke all sessions of the user.</param>
    public sealed record Request(string? RefreshToken, bool? AllSessions) : IExample<Request>
    {
        public static Request Example => new(null, false);
    }

    public static async Task<Results<NoContent, Unauthenticated, Denied>> Handle(
        Request? body,
        [FromHeader(Name = SessionCookies.CsrfHeader)]
        [Description("In cookie mode: the `csrf_token` that the sign-in or the last refresh returned.")]
            string? csrf,
        HttpContext http,
        SessionCookies cookies,
        TenantContext context,
        LogoutSessions sessions,
        CancellationToken cancel
    )
    {
        var sent = SessionCookies.Sent(http, SessionCookies.RefreshCookie);
        if (context.Caller is { } caller)
        {
            if (sent.Count > 0 && (csrf is null || !cookies.HasCsrfToken(http, caller.SessionId)))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.Description);
            IReadOnlyList<string> given = body?.RefreshToken is { } token ? [token] : sent;
            await sessions.RevokeOf(caller, given, body?.AllSessions == true, cancel);
        }
        else if (body?.RefreshToken is { Length: > 0 } presented)
        {
            if (await sessions.Find(presented, cancel) is not { } found)
                return RefreshTokenRotation.Unknown();
            await sessions.Revoke(found, body.AllSessions == true, cancel);
            // The cookies stay: they can belong to another session, and their CSRF token was not checked.
            return TypedResults.NoContent();
        }
        else if (sent.Count > 0)
        {
            if (await sessions.FindCookie(http, cancel) is not { } found)
            {
                cookies.ClearUnknown(http);
                return RefreshTokenRotation.Unknown();
            }
            if (csrf is null || !cookies.HasCsrfToken(http, found.Session))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.Description);
            await sessions.Revoke(found, body?.AllSessions == true, cancel);
        }
        else
        {
            return (Unauthenticated)BearerAuthentication.Refusal(http);
        }
        if (sent.Count > 0)
            cookies.Clear(http);
        return TypedResults.NoContent();
    }
}
