using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Auth;

/// <summary>Requests another verification mail.</summary>
public static class RequestVerification
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
    ) => requests.Accept(MailedTokenPurpose.EmailVerification, body.Email!, request, cancel);
}
