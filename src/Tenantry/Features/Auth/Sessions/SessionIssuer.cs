using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>A new session with its first refresh token. <see cref="SignIn"/> stores both.</summary>
/// <param name="Session">The session.</param>
/// <param name="RefreshToken">The first token of its family.</param>
/// <param name="RefreshExpiresAt">When the token expires.</param>
public sealed record OpenedSession(Session Session, OpaqueToken RefreshToken, DateTimeOffset RefreshExpiresAt);

/// <summary>Opens sessions, and issues the pair of tokens with which a session continues.</summary>
public sealed class SessionIssuer(AccessTokens accessTokens, ServiceSettings settings, TimeProvider clock)
{
    /// <summary>The key that makes the successors of refresh tokens unpredictable.</summary>
    public byte[] SuccessorKey { get; } = settings.KeyFor("successors of refresh tokens");

    /// <summary>Creates a session and its first refresh token. Nothing is stored yet.</summary>
    public OpenedSession Open(ResolvedTenant tenant, Guid user, DateTimeOffset now, HttpContext http)
    {
        var session = new Session
        {
            TenantId = tenant.Id,
            UserId = user,
            Address = ClientAddress.Of(http),
            UserAgent = ClientAddress.UserAgentOf(http),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + LifetimeOf(tenant),
        };
        return new OpenedSession(
            session,
            OpaqueToken.Create(OpaqueToken.RefreshPrefix, tenant.Id),
            Earlier(now + IdleLifetimeOf(tenant), session.ExpiresAt)
        );
    }

    /// <summary>Issues an access token for the session, and returns it together with the refresh token.</summary>
    public TokenDocument Issue(
        SignedInUserDocument user,
        Guid session,
        OpaqueToken refreshToken,
        DateTimeOffset refreshExpiresAt
    )
    {
        var caller = new Caller(
            user.TenantId,
            user.Id,
            session,
            user.Role,
            user.Permissions.ToHashSet(StringComparer.Ordinal)
        );
        return new TokenDocument(
            accessTokens.Issue(caller),
            "Bearer",
            (int)accessTokens.Lifetime.TotalSeconds,
            refreshToken.Text,
            (int)Math.Round((refreshExpiresAt - clock.GetUtcNow()).TotalSeconds),
            user
        );
    }

    /// <summary>How long an unused session stays valid. A tenant may set its own number of days.</summary>
    public TimeSpan IdleLifetimeOf(ResolvedTenant tenant) =>
        tenant.SessionIdleDays is { } days ? TimeSpan.FromDays(days) : settings.RefreshTokenLifetime;

    private TimeSpan LifetimeOf(ResolvedTenant tenant) =>
        tenant.SessionDays is { } days ? TimeSpan.FromDays(days) : settings.SessionLifetime;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
