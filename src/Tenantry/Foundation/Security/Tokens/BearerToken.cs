using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Reads the <c>Authorization: Bearer</c> header. A token that does not hold is remembered as the reason why, and told only where
/// the endpoint needs somebody: who signs in anew may still send the old token along.
/// </summary>
public sealed class BearerToken(RequestDelegate next, AccessTokens tokens, TokenStateCache revocations)
{
    private const string Scheme = "Bearer ";

    public Task Invoke(HttpContext http, TenantContext context) => Read(http, context).OrElse(next, http);

    // Turns nobody away: the reason is told where somebody is needed.
    private async ValueTask<Refusal?> Read(HttpContext http, TenantContext context)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            context.KnownAt = revocations.Now; // taken first: what changes meanwhile is seen the second time
            var (caller, problem) = await tokens.Verify(header.AsMemory(Scheme.Length).Trim(), http.RequestAborted);
            http.Features.Set(caller);
            http.Features.Set(problem);
        }
        return null;
    }
}
