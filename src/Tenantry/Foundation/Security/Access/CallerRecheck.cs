using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// The second decision about a caller, after the body has been received. That can take minutes, in which the caller may
/// have been deleted, deactivated or signed out, may have lost a role, or the tenant may have been deactivated. It is
/// decided from memory; the database is queried only when a row that the decision depends on may have changed.
/// </summary>
public sealed class CallerRecheck(TokenStateCache revocations, TenantDirectory directory)
{
    /// <returns>the refusal; null: the caller may still call the endpoint, or the endpoint requires no caller</returns>
    public ValueTask<Refusal?> Check(HttpContext http, TenantContext context) =>
        context.IsActing && revocations.MayHaveChanged(context.SignedIn, context.KnownAt)
            ? Ask(http, context)
            : default;

    /// <summary>
    /// The same for a handler that reads the body itself: it calls this after the body and before it changes anything.
    /// </summary>
    /// <exception cref="CallerRefusedException">the caller has lost the right</exception>
    public async ValueTask Demand(HttpContext http, TenantContext context)
    {
        if (await Check(http, context) is { } refusal)
            throw new CallerRefusedException(refusal);
    }

    private async ValueTask<Refusal?> Ask(HttpContext http, TenantContext context)
    {
        var now = revocations.Now;
        if (await revocations.Query(context.SignedIn, http.RequestAborted) is not { } caller)
            return Problems.Unauthenticated(Problems.TokenRevoked, Problems.TokenRevoked.Description);
        if (await directory.OfCaller(caller, http.RequestAborted) is not { IsActive: true } tenant)
            return new Missing(Problems.TenantNotFound, Problems.TenantNotFound.Description);
        context.Renew(tenant, caller, now);
        http.User = VerifiedCaller.PrincipalOf(caller);
        return AccessRules.Refuse(http.GetEndpoint()!, http, context);
    }
}

/// <summary>The caller lost the right to this request while its body was received.</summary>
public sealed class CallerRefusedException(Refusal refusal)
    : Exception("The caller has lost the right to this request.")
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>The client gets the refusal that it would get for a new request.</summary>
public sealed class CallerRefusedMapper : IExceptionMapper
{
    public Refusal? Map(Exception exception) => (exception as CallerRefusedException)?.Refusal;
}
