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
            "Ask for a new verification mail where you sign in.",
            ""
        );

    public static ContentHttpResult AcceptInvitation(HttpContext http, string apiPath) =>
        Page(
            http,
            "Welcome: choose your password",
            "Create my account",
            $"{apiPath}/auth/accept-invitation",
            "Your account is ready. You can now sign in.",
            "Ask the person who invited you for a new invitation.",
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
            "Ask for a new mail where you sign in.",
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
            "Ask for the change again in your account.",
            ""
        );

    public static ContentHttpResult UndoEmailChange(HttpContext http, string apiPath) =>
        Page(
            http,
            "Keep your e-mail address",
            "Undo the change",
            $"{apiPath}/auth/email-change/undo",
            "Your e-mail address is the former one again, and all sessions have ended. A mail with a link to set a new password is on its way.",
            "If you did not change your address, contact the operator of the application.",
            ""
        );

    private static ContentHttpResult Page(
        HttpContext http,
        string title,
        string button,
        string action,
        string done,
        string newLink,
        string fields
    ) =>
        WebPage.Show(
            http,
            title,
            $"""
            <noscript><p class="fault">This page needs JavaScript. Allow it for this page, or open the link in another browser.</p></noscript>
            <form>{fields}<button>{button}</button></form><p id="answer" role="status" tabindex="-1"></p>
            """,
            $$"""
            const form = document.querySelector('form'), answer = document.getElementById('answer');
            const token = new URLSearchParams(location.search).get('token');
            const say = (text, isFault, isLast) => {
              answer.className = isFault ? 'fault' : '';
              answer.textContent = text;
              if (isLast) form.remove();
              answer.focus();
            };
            const isDead = () => say('This link does not work: it was used, has expired, or a part of it is missing. {{newLink}}', true, true);
            if (!token) isDead();
            form.addEventListener('submit', async event => {
              event.preventDefault();
              const body = { token };
              for (const [name, value] of new FormData(form)) if (value) body[name] = value;
              const button = form.querySelector('button');
              button.disabled = true;
              try {
                const response = await fetch('{{action}}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
                if (response.ok) return say('{{done}}', false, true);
                const problem = await response.json();
                if (problem.errors?.token) return isDead();
                const wait = response.headers.get('Retry-After');
                if (wait) return say(`Too many attempts. Wait ${wait} seconds, and try again.`, true, false);
                say(Object.entries(problem.errors ?? { '': [problem.detail] }).map(([name, messages]) => `${name.replace('_', ' ')} ${messages.join(', ')}`).join('; '), true, false);
              } catch {
                say('The service could not be reached. Try again.', true, false);
              } finally {
                button.disabled = false;
              }
            });
            """
        );
}
