using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// Opens the database of the tenant that a mailed token carries: whoever follows a link has no header to name it. A request that does
/// name a tenant must name the same one.
/// </summary>
public sealed class MailedTokenRequest(
    TenantContext named,
    TenantDirectory directory,
    IDbContextFactory<TenantDb> contexts
)
{
    /// <returns>the token and its tenant's database, to be disposed; null when the token cannot be good</returns>
    public async Task<(OpaqueToken Token, TenantDb Db)?> Open(string text, CancellationToken cancel)
    {
        if (!OpaqueToken.TryParse(OpaqueToken.MailPrefix, text, out var token))
            return null;
        if (named is { IsSet: true, IsNamed: true } && named.TenantId != token.Tenant)
            return null;
        if (await directory.ById(token.Tenant, cancel) is not { IsActive: true })
            return null;
        return (token, (await contexts.CreateDbContextAsync(cancel)).For(token.Tenant));
    }
}
