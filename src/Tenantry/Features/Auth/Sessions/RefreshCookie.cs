using Npgsql;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>Which of several cookies holds the session's refresh token. There is one, as a rule, and then nothing is asked.</summary>
public static class RefreshCookie
{
    /// <returns>the one of the session that the CSRF token is of, sooner one that was not used up; where there is none, the first; null: there is no cookie</returns>
    public static async Task<string?> Of(
        HttpContext http,
        SessionCookies cookies,
        NpgsqlDataSource database,
        CancellationToken cancel
    )
    {
        var sent = SessionCookies.Sent(http, SessionCookies.RefreshCookie);
        if (sent.Count <= 1)
            return sent.Count == 0 ? null : sent[0];
        string? used = null;
        foreach (var text in sent)
        {
            if (!OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var token))
                continue;
            var known = await database.RowsAs(
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
            if (known is not [var one] || !cookies.IsFromOurPage(http, one.Family))
                continue;
            if (one.IsUnused)
                return text;
            used ??= text;
        }
        return used ?? sent[0];
    }
}
