using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Me;
using Tenantry.Features.Auth.Passwords;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Auth;

/// <summary>Signing up, in and out, under <c>/api/v1/auth</c>, and what applications need to trust our tokens.</summary>
public static class AuthEndpoints
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton<SessionIssuer>();
        services.AddSingleton<DeviceTokens>();
        services.AddSingleton<SessionCookies>();
        services.AddScoped<MailedTokenRequest>();
        services.AddHostedService<MailRequestWorker>();
    }

    public static void MapAuth(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Authentication");
        auth.MapPost("/register", Register.Handle)
            .Anonymous("nobody has an account yet")
            .Limited(Rate.SignIn)
            .Audited("auth.registered")
            .Idempotent()
            .WithSummary("Make an account")
            .WithDescription("Where the tenant's registration is open. The new user has the role User.");
        auth.MapPost("/login", Login.Handle)
            .Anonymous("nobody is signed in yet")
            .Limited(Rate.SignIn)
            .Audited("auth.login")
            .WithSummary("Sign in")
            .WithDescription(
                "Answers a pair of tokens. A wrong address, a wrong password and a deactivated user are one answer. With `X-Session-Mode: cookie` the refresh token goes into a cookie that scripts cannot read, and the answer has a `csrf_token`."
            );
        auth.MapPost("/refresh", Refresh.Handle)
            .Anonymous("the refresh token is the credential")
            .Audited("auth.refresh_token_reused")
            .WithSummary("Exchange a refresh token for a new pair")
            .WithDescription(
                "Each refresh token is good once. Its second use ends the session, but for a leeway of seconds in which the same successor is answered again."
            );
        auth.MapPost("/logout", Logout.Handle)
            .SignedIn()
            .Audited("auth.logout")
            .WithSummary("Sign out")
            .WithDescription(
                "Ends the session of the access token, at once; that of `refresh_token` too, or all of the user's with `all_sessions`."
            );
        auth.MapPost("/verify-email", VerifyEmail.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.email_verified")
            .WithSummary("Confirm an address")
            .WithDescription("With the token from the mail, once.");
        auth.MapPost("/verify-email/resend", MailRequest.ForVerification)
            .Anonymous("nobody is signed in yet")
            .Limited(Rate.SignIn)
            .Audited("auth.verification_requested")
            .Idempotent()
            .WithSummary("Send the verification mail again")
            .WithDescription("The same answer for every address; a mail goes to one that waits for it.");
        auth.MapPost("/password-reset-request", MailRequest.ForPasswordReset)
            .Anonymous("whoever forgot the password cannot sign in")
            .Limited(Rate.SignIn)
            .Audited("auth.password_reset_requested")
            .Idempotent()
            .WithSummary("Ask for a new password")
            .WithDescription(
                "The same answer, after the same work, for every address; a mail goes to one that has an account."
            );
        auth.MapPost("/password-reset", ResetPassword.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.password_reset")
            .WithSummary("Choose a new password")
            .WithDescription("With the token from the mail, once. Ends every session of the user.");
        auth.MapPost("/accept-invitation", AcceptInvitation.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.invitation_accepted")
            .WithSummary("Accept an invitation")
            .WithDescription("With the token from the mail, once. The address counts as verified.");
        auth.MapPost("/password-change", ChangePassword.Handle)
            .SignedIn()
            .Audited("auth.password_changed")
            .WithSummary("Change the password")
            .WithDescription("Ends every other session of the user, and tells them by mail.");
        auth.MapGet("/sessions", OwnSessions.List)
            .SignedIn()
            .WithSummary("Where am I signed in")
            .WithDescription("The sessions that can still be refreshed, newest first.");
        auth.MapDelete("/sessions", OwnSessions.EndOthers)
            .SignedIn()
            .Audited("auth.other_sessions_ended")
            .WithSummary("End my other sessions")
            .WithDescription("All but the one that asks, at once, on every instance.");
        auth.MapDelete("/sessions/{id:guid}", OwnSessions.End)
            .SignedIn()
            .Audited("auth.session_ended")
            .WithSummary("End a session")
            .WithDescription("Its tokens stop working at once, on every instance.");
        auth.MapGet("/me", GetMe.Handle)
            .SignedIn()
            .HasNothingToValidate()
            .WithSummary("Who am I")
            .WithDescription("The user of the access token, with role, permissions and tenant.");
        auth.MapPatch("/me", ChangeMe.Handle)
            .SignedIn()
            .Audited("auth.me_changed")
            .WithSummary("Change my name or telephone number")
            .WithDescription(
                "Members that are not given stay; `null` takes `last_name` or `phone` away. `If-Match` with the ETag of `GET auth/me` keeps two changes apart."
            );
        auth.MapDelete("/me", DeleteMe.Handle)
            .SignedIn()
            .Audited("auth.me_deleted")
            .WithSummary("Delete my account")
            .WithDescription(
                "With sessions, roles and tokens. Ten minutes after the sign-in the password is asked for once more. Not the last Admin."
            );
        auth.MapGet("/me/export", ExportMe.Handle)
            .SignedIn()
            .Costs(10)
            .InTurns(gates => gates.Exports)
            .WithSummary("All that is kept of me")
            .WithDescription(
                "As one JSON document: profile, roles, sessions, messages and what the audit log says that I did. No secrets."
            );
    }

    public static void MapWellKnown(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/.well-known/jwks.json", WellKnown.Keys)
            .Public("public keys are public")
            .WithTags("Authentication")
            .WithSummary("Public keys")
            .WithDescription("Verify access tokens with these: ES256, by `kid`.");
        routes
            .MapGet("/.well-known/openid-configuration", WellKnown.Describe)
            .Public("public metadata")
            .WithTags("Authentication")
            .WithSummary("Issuer metadata")
            .WithDescription("Issuer, key set and algorithms, for libraries that discover them.");
        routes
            .MapGet("/.well-known/security.txt", WellKnown.Contact)
            .Public("who finds a weakness has no account")
            .ExcludeFromDescription();
    }

    public static void MapLinkPages(this IEndpointRouteBuilder routes, ServiceSettings settings)
    {
        routes
            .MapGet(LinkPages.ResetPasswordPath, (HttpContext http) => LinkPages.ResetPassword(http, settings.ApiPath))
            .Anonymous("opened from a mail")
            .ExcludeFromDescription();
        routes
            .MapGet(LinkPages.VerifyEmailPath, (HttpContext http) => LinkPages.VerifyEmail(http, settings.ApiPath))
            .Public("opened from a mail")
            .ExcludeFromDescription();
        routes
            .MapGet(Invitation.Path, (HttpContext http) => LinkPages.AcceptInvitation(http, settings.ApiPath))
            .Public("opened from a mail")
            .ExcludeFromDescription();
    }
}
