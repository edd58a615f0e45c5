using Tenantry.Features.Auth.EmailChanges;
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

/// <summary>Registration, sign-in, sessions and the caller's own account, under <c>/api/v1/auth</c>.</summary>
public static class AuthEndpoints
{
    public static void AddAuth(this IServiceCollection services)
    {
        services.AddSingleton<SessionIssuer>();
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<RefreshCookie>();
        services.AddSingleton<DeviceTokens>();
        services.AddSingleton<AuthMails>();
        services.AddSingleton<NewPasswords>();
        services.AddScoped<SignInAttempt>();
        services.AddSingleton<StandIns>();
        services.AddSingleton<HashUpgradeCount>();
        services.AddScoped<SignIn>();
        services.AddScoped<TokenTenant>();
        services.AddScoped<RefreshTokenRotation>();
        services.AddScoped<SessionRevocation>();
        services.AddScoped<LogoutSessions>();
        services.AddScoped<Reauthentication>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<AddressChange>();
        services.AddScoped<MailRequestIntake>();
        services.AddScoped<MailedTokenLookup>();
        services.AddHostedService<MailRequestWorker>();
    }

    public static void MapAuth(this IEndpointRouteBuilder api)
    {
        var auth = api.MapGroup("/auth").WithTags("Authentication");
        MapSignIn(auth);
        MapMailedTokens(auth);
        MapEmailChanges(auth);
        MapSessions(auth);
        MapMe(auth);
    }

    private static void MapSignIn(RouteGroupBuilder auth)
    {
        auth.MapPost("/register", Register.Handle)
            .ChecksBody<Register.Request>(Register.AddFaults)
            .Anonymous("the caller has no account yet")
            .Limited(Rate.SignIn)
            .Audited("auth.registered")
            .Idempotent()
            .WithSummary("Register a user")
            .WithDescription(
                "Creates a user with the role User. Requires that the tenant's registration is open. Where the tenant requires verified addresses, the user must first follow the link in a mail."
            );
        auth.MapPost("/login", Login.Handle)
            .Anonymous("the caller is not signed in yet")
            .Limited(Rate.SignIn)
            .Audited("auth.login")
            .WithSummary("Sign in")
            .WithDescription(
                "Opens a session and returns an access token and a refresh token. An unknown address, a wrong password and a deactivated user get the same response. With `X-Session-Mode: cookie` the refresh token is set as a cookie that scripts cannot read, and the response contains a `csrf_token`."
            );
        auth.MapPost("/refresh", Refresh.Handle)
            .Anonymous("the refresh token is the credential")
            .Audited("auth.refresh_token_reused")
            .WithSummary("Refresh the tokens")
            .WithDescription(
                "Exchanges a refresh token for a new pair of tokens. A refresh token is used once. A second use revokes the session, unless it is within the leeway of some seconds: then it returns the same successor again."
            );
        auth.MapPost("/logout", Logout.Handle)
            .Anonymous("the access token or the refresh token is the credential")
            .Audited("auth.logout")
            .WithSummary("Sign out")
            .WithDescription(
                "Revokes the session of the access token at once, and the session of `refresh_token`, too. With `all_sessions` it revokes all sessions of the user. Without a valid access token, the refresh token in the body, or in the cookie with its CSRF token, is enough. A session that has already ended gets the same response. In cookie mode the cookies are deleted."
            );
        auth.MapPost("/password-change", ChangePassword.Handle)
            .SignedIn()
            .Audited("auth.password_changed")
            .WithSummary("Change the password")
            .WithDescription(
                "Requires the current password. Revokes all other sessions of the user, and reports the change to the user by mail."
            );
    }

    private static void MapMailedTokens(RouteGroupBuilder auth)
    {
        auth.MapPost("/verify-email", VerifyEmail.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.email_verified")
            .WithSummary("Verify an e-mail address")
            .WithDescription("Requires the token from the verification mail. The token can be used once.");
        auth.MapPost("/verify-email/resend", RequestVerification.Handle)
            .Anonymous("the caller is not signed in yet")
            .Limited(Rate.SignIn)
            .Audited("auth.verification_requested")
            .Idempotent()
            .WithSummary("Resend a verification mail")
            .WithDescription(
                "Returns the same response for every address. A mail is sent only to the address of an unverified user."
            );
        auth.MapPost("/password-reset-request", RequestPasswordReset.Handle)
            .Anonymous("a user without the password cannot sign in")
            .Limited(Rate.SignIn)
            .Audited("auth.password_reset_requested")
            .Idempotent()
            .WithSummary("Request a password reset")
            .WithDescription(
                "Returns the same response, after the same work, for every address. A mail is sent only to the address of a user."
            );
        auth.MapPost("/password-reset", ResetPassword.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.password_reset")
            .WithSummary("Reset a password")
            .WithDescription(
                "Sets a new password. Requires the token from the mail, which can be used once. Revokes all sessions of the user."
            );
        auth.MapPost("/accept-invitation", AcceptInvitation.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.invitation_accepted")
            .WithSummary("Accept an invitation")
            .WithDescription(
                "Sets the name and password of an invited user. Requires the token from the mail, which can be used once. It also verifies the e-mail address."
            );
    }

    private static void MapEmailChanges(RouteGroupBuilder auth)
    {
        auth.MapPost("/email-change", RequestEmailChange.Handle)
            .SignedIn()
            .Audited(RequestEmailChange.Action)
            .Idempotent()
            .WithSummary("Request an e-mail address change")
            .WithDescription(
                "Sends a mail with a link to the new address. The address changes when the link is used. Requires the password if the session began more than ten minutes ago. Returns the same response for an address that has an account."
            );
        auth.MapPost("/email-change/confirm", ConfirmEmailChange.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.email_changed")
            .WithSummary("Confirm an e-mail address change")
            .WithDescription(
                "Changes the address. Requires the token from the mail to the new address, which can be used once. Other mailed links of the user become invalid. The former address gets a mail with a link that undoes the change within seven days."
            );
        auth.MapPost("/email-change/undo", UndoEmailChange.Handle)
            .Anonymous("the mailed token is the credential")
            .Limited(Rate.SignIn)
            .Audited("auth.email_change_undone")
            .WithSummary("Undo an e-mail address change")
            .WithDescription(
                "Restores the former address. Requires the token from the mail to that address, which can be used once. Removes the password, revokes all sessions of the user, and sends a mail with a link to set a password."
            );
    }

    private static void MapSessions(RouteGroupBuilder auth)
    {
        auth.MapGet("/sessions", ListSessions.Handle)
            .SignedIn()
            .WithSummary("List sessions")
            .WithDescription("Returns the caller's sessions that can still be refreshed, newest first.");
        auth.MapDelete("/sessions", RevokeOtherSessions.Handle)
            .SignedIn()
            .Audited("auth.other_sessions_ended")
            .WithSummary("Revoke other sessions")
            .WithDescription(
                "Revokes all sessions of the caller except the current one. Their tokens stop working at once, on every instance."
            );
        auth.MapDelete("/sessions/{id:guid}", RevokeSession.Handle)
            .SignedIn()
            .Audited("auth.session_ended")
            .WithSummary("Revoke a session")
            .WithDescription("Revokes a session of the caller. Its tokens stop working at once, on every instance.");
    }

    private static void MapMe(RouteGroupBuilder auth)
    {
        auth.MapGet("/me", GetMe.Handle)
            .SignedIn()
            .WithoutValidation()
            .WithSummary("Get the current user")
            .WithDescription("Returns the user of the access token, with role, permissions and tenant.");
        auth.MapPatch("/me", ChangeMe.Handle)
            .SignedIn()
            .Audited("auth.me_changed")
            .WithSummary("Update the current user")
            .WithDescription(
                "Changes name, telephone number or language. Absent members stay unchanged; `null` removes `last_name`, `phone` or `locale`. Send `If-Match` with the ETag of `GET auth/me` to avoid overwriting a concurrent change."
            );
        auth.MapDelete("/me", DeleteMe.Handle)
            .SignedIn()
            .Audited("auth.me_deleted")
            .WithSummary("Delete the current user")
            .WithDescription(
                "Deletes the caller's user, with its sessions, roles and tokens. Requires the password if the session began more than ten minutes ago. The last active administrator cannot be deleted, and no user for 7 days after a change of the e-mail address, while the change can be undone."
            );
        auth.MapGet("/me/export", ExportMe.Handle)
            .SignedIn()
            .Costs(10)
            .ThroughGate(gates => gates.Exports)
            .WithSummary("Export personal data")
            .WithDescription(
                "Returns one JSON document with profile, roles, sessions, messages and the audit events of the caller's actions. It contains no secrets."
            );
    }

    public static void MapWellKnown(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/.well-known/jwks.json", WellKnown.Keys)
            .Public("public keys are public")
            .WithTags("Authentication")
            .WithSummary("List public keys")
            .WithDescription("Returns the key set (RFC 7517) that verifies access tokens: ES256, selected by `kid`.");
        routes
            .MapGet("/.well-known/openid-configuration", WellKnown.Describe)
            .Public("public metadata")
            .WithTags("Authentication")
            .WithSummary("Get issuer metadata")
            .WithDescription("Returns issuer, key set and algorithms, for libraries that support discovery.");
        routes
            .MapGet("/.well-known/security.txt", WellKnown.Contact)
            .Public("a person who finds a vulnerability has no account")
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
            .MapGet(
                LinkPages.ConfirmEmailChangePath,
                (HttpContext http) => LinkPages.ConfirmEmailChange(http, settings.ApiPath)
            )
            .Public("opened from a mail")
            .ExcludeFromDescription();
        routes
            .MapGet(
                LinkPages.UndoEmailChangePath,
                (HttpContext http) => LinkPages.UndoEmailChange(http, settings.ApiPath)
            )
            .Public("opened from a mail")
            .ExcludeFromDescription();
        routes
            .MapGet(Invitation.Path, (HttpContext http) => LinkPages.AcceptInvitation(http, settings.ApiPath))
            .Public("opened from a mail")
            .ExcludeFromDescription();
    }
}
