using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// Finds the refresh token among the cookies of a request. As a rule there is one such cookie, and no query is needed.
/// </summary>
public sealed class RefreshCookie(SessionCookies cookies, NpgsqlDataSource database)
{
    /// <returns>
    /// The token of the session that the CSRF token belongs to, preferably an unused one; the first cookie where there
    /// is none; null where there is no cookie.
    /// </returns>
    public async Task<string?> Find(HttpContext http, CancellationToken cancel)
    {
        var sent = SessionCookies.Sent(http, SessionCookies.RefreshCookie);
        if (sent.Count <= 1)
            return sent.Count == 0 ? null : sent[0];
        string? used = null;
        foreach (var text in sent)
        {
            if (!OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var token))
                continue;
            var found = await database.QueryAs(
                token.Tenant,
                new(
                    "SELECT family, replaced_at IS NULL AND revoked_at IS NULL FROM refresh_tokens WHERE tenant_id = $1 AND token_hash = $2"
                )
                {
                    Parameters = { Parameter(token.Tenant), Parameter(token.Hash) },
                },
                static row => (Family: row.GetGuid(0), IsUnused: row.GetBoolean(1)),
                cancel
            );
            if (found is not [var one] || !cookies.HasCsrfToken(http, one.Family))
                continue;
            if (one.IsUnused)
                return text;
            used ??= text;
        }
        return used ?? sent[0];
    }

    /// <returns>The token family, which is the session's id; null: there is no such token.</returns>
    public async Task<Guid?> FamilyOf(OpaqueToken token, CancellationToken cancel)
    {
        var families = await database.QueryAs(
            token.Tenant,
            new("SELECT family FROM refresh_tokens WHERE token_hash = $1") { Parameters = { Parameter(token.Hash) } },
            static row => row.GetGuid(0),
            cancel
        );
        return families is [var family] ? family : null;
    }
}
