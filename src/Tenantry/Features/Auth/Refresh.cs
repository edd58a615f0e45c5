using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>Exchanges a refresh token for a new pair of tokens. See <see cref="RefreshTokenRotation"/>.</summary>
public static class Refresh
{
    /// <param name="RefreshToken">The refresh token. Leave it out in cookie mode: the cookie contains it.</param>
    public sealed record Request(string? RefreshToken) : IExample<Request>
    {
        public static Request Example => new(TokenDocument.Example.RefreshToken);
    }

    public static async Task<Results<Ok<TokenDocument>, Invalid, Unauthenticated, Denied>> Handle(
        Request? body,
        [FromHeader(Name = SessionCookies.CsrfHeader)]
        [Description("In cookie mode: the `csrf_token` that the sign-in or the last refresh returned.")]
            string? csrf,
        HttpContext http,
        SessionCookies cookies,
        RefreshCookie cookie,
        TokenTenant tenants,
        RefreshTokenRotation rotation,
        SessionIssuer sessions,
        CancellationToken cancel
    )
    {
        var isCookie = body?.RefreshToken is null;
        if ((body?.RefreshToken ?? await cookie.Find(http, cancel)) is not { Length: > 0 } text)
            return Problems.Invalid("refresh_token", "is needed");
        if (!OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var presented))
        {
            if (isCookie)
                cookies.ClearUnknown(http);
            return RefreshTokenRotation.Unknown();
        }
        if (await tenants.Find(presented, cancel) is not { } tenant)
            return RefreshTokenRotation.Unknown();
        if (isCookie)
        {
            // A browser sends the cookie with requests of other sites, too (CSRF).
            if (await cookie.FamilyOf(presented, cancel) is not { } family)
            {
                cookies.ClearUnknown(http);
                return RefreshTokenRotation.Unknown();
            }
            if (csrf is null || !cookies.HasCsrfToken(http, family))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.Description);
        }

        var (rotated, refusal) = await rotation.Rotate(tenant, presented, cancel);
        if (rotated is null)
        {
            if (isCookie)
                cookies.Clear(http); // its session has ended: the browser would send it with every request
            return refusal!;
        }
        var tokens = sessions.Issue(rotated.User, rotated.Session, rotated.Successor, rotated.ExpiresAt);
        return TypedResults.Ok(isCookie ? cookies.Put(http, tokens, rotated.Session) : tokens);
    }
}
