using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth;

/// <summary>
/// The pages behind the links in mails. Opening a link changes nothing, because mail scanners open links, too. The page
/// posts the token when the user presses the button.
/// </summary>
public static class LinkPages
{
    public const string VerifyEmailPath = MailedToken.VerifyEmailPath;
    public const string ResetPasswordPath = "/reset-password";
    public const string ConfirmEmailChangePath = "/confirm-email-change";
    public const string UndoEmailChangePath = "/undo-email-change";

    public static ContentHttpResult VerifyEmail(HttpContext http, string apiPath) =>
        Page(
            http,
            "Verify your e-mail address",
            "Verify",
            $"{apiPath}/auth/verify-email",
            "Your e-mail address is verified. You can now sign in.",
            ""
        );

    public static ContentHttpResult AcceptInvitation(HttpContext http, string apiPath) =>
        Page(
            http,
            "Welcome: choose your password",
            "Create my account",
            $"{apiPath}/auth/accept-invitation",
            "Your account is ready. You can now sign in.",
            """
            <label>First name <input name="first_name" autocomplete="given-name" required maxlength="100"></label>
            <label>Last name <input name="last_name" autocomplete="family-name" maxlength="100"></label>
            <label>Password <input name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="128"></label>
            """
        );

    public static ContentHttpResult ResetPassword(HttpContext http, string apiPath) =>
        Page(
            http,
            "Choose a new password",
            "Change my password",
            $"{apiPath}/auth/password-reset",
            "Your password was changed. You can now sign in.",
            """
            <label>New password <input name="new_password" type="password" autocomplete="new-password" required minlength="8" maxlength="128"></label>
            """
        );

    public static ContentHttpResult ConfirmEmailChange(HttpContext http, string apiPath) =>
        Page(
            http,
            "Confirm your new e-mail address",
            "Confirm",
            $"{apiPath}/auth/email-change/confirm",
            "Your e-mail address is changed. Sign in with it from now on.",
            ""
        );

    public static ContentHttpResult UndoEmailChange(HttpContext http, string apiPath) =>
        Page(
            http,
            "Keep your e-mail address",
            "Undo the change",
            $"{apiPath}/auth/email-change/undo",
            "Your e-mail address is the former one again, and all sessions have ended. A mail with a link to set a new password is on its way.",
            ""
        );

    private static ContentHttpResult Page(
        HttpContext http,
        string title,
        string button,
        string action,
        string done,
        string fields
    ) =>
        WebPage.Show(
            http,
            title,
            $"""
            <form>{fields}<button>{button}</button></form><p id="answer" role="status"></p>
            """,
            $$"""
            const form = document.querySelector('form'), answer = document.getElementById('answer');
            form.addEventListener('submit', async event => {
              event.preventDefault();
              const body = { token: new URLSearchParams(location.search).get('token') ?? '' };
              for (const [name, value] of new FormData(form)) if (value) body[name] = value;
              const response = await fetch('{{action}}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
              if (response.ok) { form.remove(); answer.textContent = '{{done}}'; return; }
              const problem = await response.json();
              answer.textContent = Object.entries(problem.errors ?? { '': [problem.detail] }).map(([name, messages]) => `${name.replace('_', ' ')} ${messages.join(', ')}`).join('; ');
            });
            """
        );
}
