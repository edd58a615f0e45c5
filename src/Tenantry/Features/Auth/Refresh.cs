using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Audit;
using Tenantry.Foundation.Database;
using Tenantry.Foundation.Http;
using Tenantry.Foundation.Outbox;
using Tenantry.Foundation.Settings;
using Tenantry.Foundation.Tenancy;
using Tenantry.Foundation.Tokens;

namespace Tenantry.Features.Auth;

/// <summary>
/// A refresh token for a new pair. Each is good once: a second use means that two hold it, the user and a thief, and since nobody can
/// tell which is which the whole family ends. Within a short leeway the second use is two tabs, and both get the same successor.
/// </summary>
public static class Refresh
{
    /// <param name="RefreshToken">Not needed in cookie mode: there the cookie is it.</param>
    public sealed record Request(string? RefreshToken) : IExample<Request>
    {
        public static Request Example => new(TokenAnswer.Example.RefreshToken);
    }

    public static async Task<Results<Ok<TokenAnswer>, Invalid, Unauthenticated, Denied>> Handle(
        Request? body, [FromHeader(Name = SessionCookies.CsrfHeader)] string? csrf, HttpContext http, SessionCookies cookies, TenantContext named, TenantDirectory directory, IDbContextFactory<TenantDb> contexts, Sessions sessions, Revocations revocations,
        Outbox outbox, AuditTrail audit, ServiceSettings settings, TimeProvider clock, CancellationToken cancel)
    {
        var isCookie = body?.RefreshToken is null;
        if ((body?.RefreshToken ?? http.Request.Cookies[SessionCookies.RefreshCookie]) is not { Length: > 0 } text)
            return Problems.Invalid("refresh_token", "is needed");
        if (!OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var presented))
            return Unknown();
        if (named is { IsSet: true, IsNamed: true } && named.TenantId != presented.Tenant)
            return Unknown();
        if (await directory.ById(presented.Tenant, cancel) is not { IsActive: true } tenant)
            return Unknown();

        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(presented.Tenant);
        if (isCookie)
        {
            var hash = presented.Hash;
            if (await db.Set<RefreshToken>().Where(token => token.TokenHash == hash).Select(token => (Guid?)token.Family).SingleOrDefaultAsync(cancel) is not { } family)
                return Unknown();
            if (csrf is null || !cookies.IsFromOurPage(http, family))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.When);
        }

        var successor = presented.Successor(sessions.SuccessorKey);
        var now = clock.GetUtcNow();
        // The end of a family and what is left of it, audit row and mail, are one change.
        await using var transaction = await db.Begin(cancel);
        var rotation = await db.Database.SqlQuery<Rotation>(
            $"SELECT * FROM rotate_refresh_token({presented.Hash}, {successor.Hash}, {Guid.CreateVersion7()}, {now}, {settings.RefreshTokenLeeway}, {sessions.IdleLifetimeOf(tenant)})")
            .SingleOrDefaultAsync(cancel);

        switch (rotation?.Outcome ?? "revoked") // its successor was made under another JWT_SECRET: nobody can say it again
        {
            case "rotated" or "repeated":
                if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(u => u.Id == rotation!.UserId, cancel) is not { } user)
                    return Unknown(); // deleted between the two statements
                var answer = sessions.Answer(user, await UserAccess.Of(db, user.Id, cancel), rotation!.SessionId!.Value, successor, rotation.ExpiresAt!.Value);
                await transaction.CommitAsync(cancel);
                return TypedResults.Ok(isCookie ? cookies.Put(http, answer, rotation.SessionId!.Value) : answer);
            case "reused":
                if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(u => u.Id == rotation!.UserId, cancel) is { } owner)
                    await Mails.RefreshTokenReused(db, outbox, tenant, owner, cancel);
                audit.Add(db, rotation!.SessionId, "refresh_token_reused", actor: rotation.UserId);
                await db.SaveChangesAsync(cancel);
                await transaction.CommitAsync(cancel);
                revocations.Add(rotation.SessionId!.Value);
                return Problems.Unauthenticated(Problems.TokenRevoked, "The refresh token was used before. The session has ended, in case somebody else has it.");
            case "revoked":
                return Problems.Unauthenticated(Problems.TokenRevoked, "The session has ended.");
            case "expired":
                return Problems.Unauthenticated(Problems.TokenExpired, "The refresh token has expired: sign in again.");
            default:
                return Unknown();
        }
    }

    private static Unauthenticated Unknown() => Problems.Unauthenticated(Problems.AuthenticationFailed, "The refresh token is not known.");

    private sealed record Rotation(string Outcome, Guid? SessionId, Guid? UserId, DateTimeOffset? ExpiresAt);
}
