using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Mails;

/// <summary>
/// Opens the database of the tenant that a mailed token names. A browser that follows a link sends no tenant header.
/// </summary>
public sealed class MailedTokenLookup(TokenTenant tenants, IDbContextFactory<TenantDb> contexts)
{
    /// <returns>
    /// The token, its tenant, and the tenant's database, which the caller disposes; null: the token cannot be valid.
    /// </returns>
    public async Task<(OpaqueToken Token, ResolvedTenant Tenant, TenantDb Db)?> Open(
        string text,
        CancellationToken cancel
    )
    {
        if (!OpaqueToken.TryParse(OpaqueToken.MailPrefix, text, out var token))
            return null;
        if (await tenants.Find(token, cancel) is not { } tenant)
            return null;
        return (token, tenant, (await contexts.CreateDbContextAsync(cancel)).For(token.Tenant));
    }

    /// <summary>The refusal of every invalid token. It does not say why the token is invalid.</summary>
    public static Invalid Refusal() =>
        Problems.Invalid("token", "is not valid: it was used, has expired, or was never issued");
}
