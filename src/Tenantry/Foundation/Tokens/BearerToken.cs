using Tenantry.Foundation.Http;

namespace Tenantry.Foundation.Tokens;

/// <summary>
/// Reads the <c>Authorization: Bearer</c> header. A token that does not hold is remembered as the reason why, and told only where
/// the endpoint needs somebody: who signs in anew may still send the old token along.
/// </summary>
public sealed class BearerToken(RequestDelegate next, AccessTokens tokens)
{
    private const string Scheme = "Bearer ";

    public Task Invoke(HttpContext http) => Read(http).OrElse(next, http);

    // Turns nobody away: the reason is told where somebody is needed.
    private async ValueTask<Refusal?> Read(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var (caller, problem) = await tokens.Verify(header.AsMemory(Scheme.Length).Trim(), http.RequestAborted);
            http.Features.Set(caller);
            http.Features.Set(problem);
        }
        return null;
    }
}
