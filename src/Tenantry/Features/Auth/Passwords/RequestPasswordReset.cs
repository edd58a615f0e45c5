using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>Requests a mail with a link to choose a new password.</summary>
public static class RequestPasswordReset
{
    /// <param name="Email">The e-mail address of the account.</param>
    public sealed record Request([RequiredMember, Email] string? Email) : IExample<Request>
    {
        public static Request Example => new("ada@example.com");
    }

    public static Task<Results<Accepted, Invalid, TooMany>> Handle(
        Request body,
        MailRequestIntake requests,
        HttpRequest request,
        CancellationToken cancel
    ) => requests.Accept(MailedTokenPurpose.PasswordReset, body.Email!, request, cancel);
}
