using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// The tenant that an opaque token names. A client that presents such a token needs no tenant header: the token is its
/// credential.
/// </summary>
public sealed class TokenTenant(TenantContext named, TenantDirectory directory)
{
    /// <returns>The active tenant; null: there is none, or the request names another tenant.</returns>
    public async ValueTask<ResolvedTenant?> Find(OpaqueToken token, CancellationToken cancel)
    {
        if (named is { IsSet: true, IsNamed: true } && named.TenantId != token.Tenant)
            return null;
        return await directory.ById(token.Tenant, cancel) is { IsActive: true } tenant ? tenant : null;
    }
}
