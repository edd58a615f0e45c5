using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>The session of a refresh token.</summary>
/// <param name="Tenant">The tenant of the session.</param>
/// <param name="User">The user of the session.</param>
/// <param name="Session">The session's id, which is the token family.</param>
/// <param name="IsCurrent">
/// Whether the token can still be exchanged: it was neither used nor revoked, and has not expired.
/// </param>
public sealed record SessionOfToken(Guid Tenant, Guid User, Guid Session, bool IsCurrent);

/// <summary>Finds and revokes the sessions that a sign-out ends.</summary>
public sealed class LogoutSessions(
    TenantContext context,
    IDbContextFactory<TenantDb> contexts,
    TokenTenant tenants,
    RefreshCookie cookie,
    SessionRevocation revocation,
    TokenStateCache revocations,
    TimeProvider clock
)
{
    /// <returns>The session of a refresh token; null: the token is unknown.</returns>
    public async Task<SessionOfToken?> Find(string? text, CancellationToken cancel)
    {
        if (
            !OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var token)
            || await tenants.Find(token, cancel) is not { } tenant
        )
            return null;
        await using var own = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        var (hash, now) = (token.Hash, clock.GetUtcNow());
        return await own.Set<RefreshToken>()
            .Where(stored => stored.TokenHash == hash)
            .Select(stored => new SessionOfToken(
                stored.TenantId,
                stored.UserId,
                stored.Family,
                stored.ReplacedAt == null && stored.RevokedAt == null && stored.ExpiresAt > now
            ))
            .SingleOrDefaultAsync(cancel);
    }

    /// <returns>The session of the refresh cookie; null: its token is unknown.</returns>
    public async Task<SessionOfToken?> FindCookie(HttpContext http, CancellationToken cancel) =>
        await Find(await cookie.Find(http, cancel), cancel);

    /// <summary>Revokes the session of a refresh token, if it is active.</summary>
    /// <param name="found">The session of the token.</param>
    /// <param name="all">
    /// Whether to revoke all sessions of the user. Attack: a refresh token that was used before may be stolen. It ends
    /// its own session and no other.
    /// </param>
    /// <param name="cancel">Rolls the change back.</param>
    public async Task Revoke(SessionOfToken found, bool all, CancellationToken cancel)
    {
        await using var own = (await contexts.CreateDbContextAsync(cancel)).For(found.Tenant);
        var active = await own.Set<Session>()
            .Where(session => session.UserId == found.User && session.RevokedAt == null)
            .Where(session => session.Id == found.Session || (all && found.IsCurrent))
            .ToListAsync(cancel);
        if (active.Exists(session => session.Id == found.Session))
            await revocation.Revoke(
                own,
                active,
                found.User,
                cancel,
                actor: found.User,
                linksOf: all && found.IsCurrent ? found.User : null
            );
    }

    /// <summary>
    /// Revokes the session of the caller, and those of the given refresh tokens, if they are the caller's.
    /// </summary>
    public async Task RevokeOf(Caller caller, IEnumerable<string> tokens, bool all, CancellationToken cancel)
    {
        // Checked again with the change: a caller who was revoked a moment ago ends no session of others.
        if (all)
            context.Act(byPermission: false);
        await using var own = (await contexts.CreateDbContextAsync(cancel))
            .For(caller.TenantId)
            .WithCaller(context.Acting);
        var sessions = own.Set<Session>()
            .Where(session => session.UserId == caller.UserId && session.RevokedAt == null);
        if (!all)
        {
            var families = new List<Guid>();
            foreach (var token in tokens)
            {
                // A token of another user is ignored: a sign-out must not reveal to whom a token belongs.
                if (
                    await Find(token, cancel) is { } found
                    && (found.Tenant, found.User) == (caller.TenantId, caller.UserId)
                )
                    families.Add(found.Session);
            }
            sessions = sessions.Where(session => session.Id == caller.SessionId || families.Contains(session.Id));
        }
        await revocation.Revoke(
            own,
            await sessions.ToListAsync(cancel),
            caller.UserId,
            cancel,
            linksOf: all ? caller.UserId : null
        );
        revocations.Revoke(caller.SessionId); // also where a concurrent request revoked it
    }
}
