using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Security.Tokens;

/// <summary>
/// Authenticates a request by its <c>Authorization: Bearer</c> header (RFC 6750). An invalid token fails a request only
/// where the endpoint requires a caller: a client that signs in again may still send its old token.
/// </summary>
/// <remarks>
/// The base class gets no logger: it would write a line for each invalid token, and anyone can send those. The request
/// log and the metric <c>tenantry.refusals</c> already count them.
/// </remarks>
public sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    AccessTokens tokens,
    TokenStateCache revocations,
    TenantContext context,
    ServiceSettings settings
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, UrlEncoder.Default)
{
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    private static readonly Task<AuthenticateResult> NoResult = Task.FromResult(AuthenticateResult.NoResult());

    /// <summary>
    /// The 401 for a request that needs a caller and has none: the problem with its token, if it sent one.
    /// </summary>
    public static Refusal Refusal(HttpContext http)
    {
        var problem = http.Features.Get<ProblemKind>() ?? Problems.AuthenticationFailed;
        return Problems.Unauthenticated(
            problem,
            problem == Problems.AuthenticationFailed
                ? "A valid access token is needed: Authorization: Bearer <token>."
                : problem.Description
        );
    }

    /// <summary>Outside the API no token is read: health and documentation must not depend on the database.</summary>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        return
            Request.Path.StartsWithSegments(settings.ApiPath)
            && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? Verify(header.AsMemory(Prefix.Length).Trim())
            : NoResult;
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Refusal(Context).ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems
            .Denied(Problems.PermissionDenied, "The caller does not meet the endpoint's authorization policy.")
            .ExecuteAsync(Context);

    private async Task<AuthenticateResult> Verify(ReadOnlyMemory<char> token)
    {
        // Read before the verification: a change that happens meanwhile is then found by CallerRecheck.
        context.KnownAt = revocations.Now;
        var (caller, problem) = await tokens.Verify(token, Context.RequestAborted);
        Context.Features.Set(caller?.Caller);
        Context.Features.Set(problem);
        return caller?.Authentication ?? AuthenticateResult.Fail(problem!.Title);
    }
}
