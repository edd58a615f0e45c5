using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Tenantry.Foundation.Data.Tenancy;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// The caller of a verified access token, also in the form in which ASP.NET Core carries it (<c>HttpContext.User</c>).
/// All requests with one token share the principal: do not add claims to it; a claims transformation clones it first.
/// </summary>
public sealed class VerifiedCaller(Caller caller)
{
    public Caller Caller => caller;

    public AuthenticateResult Authentication { get; } =
        AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(caller), BearerAuthentication.SchemeName));

    /// <summary>
    /// Claims <c>sub</c>, <c>tenant_id</c>, <c>sid</c> and <c>role</c>. The role is the one that the database returned,
    /// not the one that the token was issued with.
    /// </summary>
    public static ClaimsPrincipal PrincipalOf(Caller caller) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(JwtRegisteredClaimNames.Sub, caller.UserId.ToString()),
                    new Claim(AccessTokens.TenantClaim, caller.TenantId.ToString()),
                    new Claim(JwtRegisteredClaimNames.Sid, caller.SessionId.ToString()),
                    new Claim(AccessTokens.RoleClaim, caller.Role),
                ],
                BearerAuthentication.SchemeName,
                nameType: JwtRegisteredClaimNames.Sub,
                roleType: AccessTokens.RoleClaim
            )
        );
}
