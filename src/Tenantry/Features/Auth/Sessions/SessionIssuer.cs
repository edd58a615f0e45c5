using System.Text.Json.Serialization;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>What a sign-in and each refresh answer.</summary>
/// <param name="AccessToken">Sent with each request: <c>Authorization: Bearer ...</c></param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token ends.</param>
/// <param name="RefreshToken">Exchanged once, at <c>POST auth/refresh</c>, for a new pair. Keep it where scripts cannot read it. Not there in cookie mode.</param>
/// <param name="RefreshExpiresIn">Seconds until the refresh token ends.</param>
/// <param name="User">Who signed in.</param>
/// <param name="DeviceToken">At a sign-in on a device that is new: keep it, and show it at the next sign-in there. A cookie in cookie mode.</param>
/// <param name="CsrfToken">In cookie mode: say it in <c>X-CSRF-Token</c> on refresh and logout.</param>
public sealed record TokenAnswer(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken,
    int RefreshExpiresIn,
    SignedInDocument User,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DeviceToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CsrfToken = null
) : IExample<TokenAnswer>
{
    public static TokenAnswer Example =>
        new(
            "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjAxOWE4ZjNl...",
            "Bearer",
            900,
            "tnr_AZqPPmwAfTGfKm0cDlt6QnNob3dzIHdoYXQgaXQgbG9va3MgbGlrZQ",
            2592000,
            SignedInDocument.Example,
            "tnd_Qm90aCB0aGUgbG9jayBhbmQgdGhlIGtleSBhcmUgb3Vycy4"
        );
}

/// <summary>The user of a session, with what the session may do.</summary>
public sealed record SignedInDocument(
    Guid Id,
    Guid TenantId,
    string Email,
    string? FirstName,
    string? LastName,
    bool EmailVerified,
    string Role,
    string[] Permissions
) : IExample<SignedInDocument>
{
    public static SignedInDocument Example =>
        new(
            UserDocument.Example.Id,
            Guid.Parse("019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10"),
            "ada@example.com",
            "Ada",
            "Lovelace",
            true,
            "Viewer",
            ["files:read", "notifications:read", "roles:read", "tenants:read", "users:read"]
        );
}

/// <summary>Opens sessions and writes the pair of tokens that goes on with one.</summary>
public sealed class SessionIssuer(AccessTokens accessTokens, ServiceSettings settings, TimeProvider clock)
{
    /// <summary>Makes successors of refresh tokens unforeseeable.</summary>
    public byte[] SuccessorKey { get; } = settings.KeyFor("successors of refresh tokens");

    /// <summary>A session and its first refresh token, to be kept by <see cref="SignIn"/>.</summary>
    public (Session Session, OpaqueToken Refresh, DateTimeOffset RefreshExpires) Open(
        ResolvedTenant tenant,
        Guid user,
        DateTimeOffset now,
        HttpContext http
    )
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
        return (
            session,
            OpaqueToken.Create(OpaqueToken.RefreshPrefix, tenant.Id),
            Earlier(now + IdleLifetimeOf(tenant), session.ExpiresAt)
        );
    }

    /// <summary>How long a session lives unused; a tenant may have it shorter or longer.</summary>
    public TimeSpan IdleLifetimeOf(ResolvedTenant tenant) =>
        tenant.SessionIdleDays is { } days ? TimeSpan.FromDays(days) : settings.RefreshTokenLifetime;

    private TimeSpan LifetimeOf(ResolvedTenant tenant) =>
        tenant.SessionDays is { } days ? TimeSpan.FromDays(days) : settings.SessionLifetime;

    public TokenAnswer Answer(SignedInDocument user, Guid session, OpaqueToken refresh, DateTimeOffset refreshExpires)
    {
        var caller = new Caller(
            user.TenantId,
            user.Id,
            session,
            user.Role,
            user.Permissions.ToHashSet(StringComparer.Ordinal)
        );
        return new TokenAnswer(
            accessTokens.Issue(caller),
            "Bearer",
            (int)accessTokens.Lifetime.TotalSeconds,
            refresh.Text,
            (int)Math.Round((refreshExpires - clock.GetUtcNow()).TotalSeconds),
            user
        );
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
