using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth;

/// <summary>
/// Opens a session for an e-mail address and a password. The response does not help to guess: an unknown address, a
/// wrong password and a deactivated user get the same response, after the same work and the same waits.
/// </summary>
public static class Login
{
    /// <param name="Email">The user's e-mail address. Case does not matter.</param>
    /// <param name="Password">The user's password.</param>
    /// <param name="DeviceToken">
    /// The device token of an earlier sign-in on this device. Failed attempts of strangers do not delay a sign-in that
    /// sends it.
    /// </param>
    public sealed record Request(
        [RequiredMember, ShortText(254)] string? Email,
        [RequiredMember, StringLength(1024, ErrorMessage = "is too long")] string? Password,
        [ShortText(200)] string? DeviceToken
    ) : IExample<Request>
    {
        public static Request Example => new("ada@example.com", "correct horse battery", null);
    }

    public static async Task<Results<Ok<TokenDocument>, Invalid, Unauthenticated, Denied, TooMany, Unavailable>> Handle(
        Request body,
        [FromHeader(Name = SessionCookies.ModeHeader), OneOf("bearer", SessionCookies.Mode)]
        [Description(
            "`bearer` (the default) returns the refresh token in the body; `cookie` sets it as a cookie that scripts cannot read."
        )]
            string? mode,
        TenantContext context,
        SignInAttempt attempt,
        SignIn signIn,
        SessionCookies cookies,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (mode is not (null or "bearer" or SessionCookies.Mode))
            return Problems.Invalid(SessionCookies.ModeHeader, $"must be one of bearer, {SessionCookies.Mode}");

        if (await attempt.Begin(body.Email!, body.DeviceToken, http, cancel) is { } wait)
            return Problems.TooMany(
                "Too many attempts failed. Wait, sign in on a device that you used before, or request a password reset.",
                wait
            );
        if (!await attempt.Verify(body.Password!, cancel))
            return Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter);

        if (attempt is not { User: { IsActive: true } user, IsRight: true })
            return await attempt.Refuse(Wrong(), Attempt.Failed, cancel);
        if (context.Tenant.VerificationRequired && !user.EmailVerified)
            return await attempt.Refuse(
                Problems.Denied(Problems.EmailNotVerified, Problems.EmailNotVerified.Description),
                Attempt.Succeeded,
                cancel
            );

        var completed = await signIn.Complete(attempt, user, http, cancel);
        if (completed is null && await attempt.VerifyAgain(body.Password!, http, cancel))
            completed = await signIn.Complete(attempt, attempt.User!, http, cancel);
        if (completed is not var (tokens, session))
            return await attempt.Refuse(Wrong(), Attempt.Dropped, cancel);
        return TypedResults.Ok(mode == SessionCookies.Mode ? cookies.Put(http, tokens, session) : tokens);
    }

    private static Unauthenticated Wrong() =>
        Problems.Unauthenticated(Problems.AuthenticationFailed, "The address or the password is wrong.");
}
