using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Foundation.Security.Access;

/// <summary>
/// The second look at a caller, once the body has come in: it can take minutes, in which the caller may have been
/// deleted, switched off or signed out, lost a role, or seen the tenant switched off. Decided from memory; only where
/// something that the caller rests on may have changed are the rows asked again.
/// </summary>
public sealed class CallerRecheck(TokenStateCache revocations, TenantDirectory directory)
{
    /// <returns>the refusal; null: the caller may still do what the endpoint does, or it demands nobody</returns>
    public ValueTask<Refusal?> Again(HttpContext http, TenantContext context) =>
        context.IsActing && revocations.MayHaveChanged(context.SignedIn, context.KnownAt)
            ? Ask(http, context)
            : default;

    /// <summary>
    /// The same for a handler that reads the body by itself: once it has, and before it changes anything.
    /// </summary>
    /// <exception cref="CallerRefusedException">the caller may not any more</exception>
    public async ValueTask Demand(HttpContext http, TenantContext context)
    {
        if (await Again(http, context) is { } refusal)
            throw new CallerRefusedException(refusal);
    }

    private async ValueTask<Refusal?> Ask(HttpContext http, TenantContext context)
    {
        var now = revocations.Now;
        if (await revocations.Ask(context.SignedIn, http.RequestAborted) is not { } caller)
            return Problems.Unauthenticated(Problems.TokenRevoked, Problems.TokenRevoked.When);
        if (await directory.Of(caller, http.RequestAborted) is not { IsActive: true } tenant)
            return new Missing(Problems.TenantNotFound, Problems.TenantNotFound.When);
        context.Renew(tenant, caller, now);
        http.User = VerifiedCaller.PrincipalOf(caller);
        return AccessRules.Refuse(http.GetEndpoint()!, http, context);
    }
}

/// <summary>The caller may not do any more what the request was let in for.</summary>
public sealed class CallerRefusedException(Refusal refusal) : Exception("The caller may not do this any more.")
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>To the caller it is as if they had come a moment later.</summary>
public sealed class CallerRefusedMapper : IExceptionMapper
{
    public Refusal? Of(Exception exception) => (exception as CallerRefusedException)?.Refusal;
}
