using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Auth.Sessions;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Tokens;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

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

    /// <summary>The rotation, and what an answer shows of the user, in one round trip.</summary>
    private const string Statement = $"""
        SELECT outcome, session_id, user_id, expires_at, email, first_name, last_name, email_verified, role, permissions
        FROM {DatabaseFunctions.RotateRefreshToken}($1, $2, $3, $4, $5, $6, $7)
        """;

    public static async Task<Results<Ok<TokenAnswer>, Invalid, Unauthenticated, Denied>> Handle(
        Request? body,
        [FromHeader(Name = SessionCookies.CsrfHeader)] string? csrf,
        HttpContext http,
        SessionCookies cookies,
        TenantContext named,
        TenantDirectory directory,
        NpgsqlDataSource database,
        IDbContextFactory<TenantDb> contexts,
        SessionIssuer sessions,
        TokenStateCache revocations,
        Outbox outbox,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var isCookie = body?.RefreshToken is null;
        if ((body?.RefreshToken ?? await RefreshCookie.Of(http, cookies, database, cancel)) is not { Length: > 0 } text)
            return Problems.Invalid("refresh_token", "is needed");
        if (!OpaqueToken.TryParse(OpaqueToken.RefreshPrefix, text, out var presented))
            return Unknown();
        if (named is { IsSet: true, IsNamed: true } && named.TenantId != presented.Tenant)
            return Unknown();
        if (await directory.ById(presented.Tenant, cancel) is not { IsActive: true } tenant)
            return Unknown();
        if (isCookie)
        {
            var families = await database.RowsAs(
                tenant.Id,
                new("SELECT family FROM refresh_tokens WHERE token_hash = $1")
                {
                    Parameters = { Parameter(presented.Hash) },
                },
                static row => row.GetGuid(0),
                cancel
            );
            if (families is not [var family])
                return Unknown();
            if (csrf is null || !cookies.IsFromOurPage(http, family))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.When);
        }

        var successor = presented.Successor(sessions.SuccessorKey);
        var now = clock.GetUtcNow();
        var rotations = await database.RowsAs(
            tenant.Id,
            new(Statement)
            {
                Parameters =
                {
                    Parameter(presented.Hash),
                    Parameter(successor.Hash),
                    Parameter(Guid.CreateVersion7()),
                    Parameter(now),
                    Parameter(settings.RefreshTokenLeeway),
                    Parameter(sessions.IdleLifetimeOf(tenant)),
                    Parameter(false),
                },
            },
            row => (Outcome: row.GetString(0), Good: row.GetString(0) == "good" ? Good.Read(row, tenant.Id) : null),
            cancel
        );

        switch (rotations is [var rotation] ? rotation : default)
        {
            case { Good: { } good }:
                var answer = sessions.Answer(good.User, good.Session, successor, good.ExpiresAt);
                return TypedResults.Ok(isCookie ? cookies.Put(http, answer, good.Session) : answer);
            case { Outcome: "expired" }:
                return Problems.Unauthenticated(Problems.TokenExpired, "The refresh token has expired: sign in again.");
            case { Outcome: "reused" }:
                return await End();
            case { Outcome: "unknown" }:
                return Unknown();
            default:
                return Revoked();
        }

        // The end of a family and what is left of it, audit row and mail, are one change. Whoever shows the token cannot stop it by hanging up.
        async Task<Unauthenticated> End()
        {
            var cancel = CancellationToken.None;
            await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
            await using var transaction = await db.Begin(cancel);
            var end = await db
                .Database.SqlQueryRaw<Ending>(
                    $"SELECT outcome, session_id, user_id FROM {DatabaseFunctions.RotateRefreshToken}({{0}}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}}, true)",
                    presented.Hash,
                    successor.Hash,
                    Guid.CreateVersion7(),
                    now,
                    settings.RefreshTokenLeeway,
                    sessions.IdleLifetimeOf(tenant)
                )
                .SingleOrDefaultAsync(cancel);
            if (end is not { Outcome: "reused", SessionId: { } session })
                return Revoked(); // another who saw the second use was first
            if (
                await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == end.UserId, cancel) is
                { } owner
            )
                await AuthMails.RefreshTokenReused(db, outbox, tenant, owner, cancel);
            audit.Add(db, session, "refresh_token_reused", actor: end.UserId);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            revocations.Add(session);
            return Problems.Unauthenticated(
                Problems.TokenRevoked,
                "The refresh token was used before. The session has ended, in case somebody else has it."
            );
        }
    }

    private static Unauthenticated Unknown() =>
        Problems.Unauthenticated(Problems.AuthenticationFailed, "The refresh token is not known.");

    private static Unauthenticated Revoked() =>
        Problems.Unauthenticated(Problems.TokenRevoked, "The session has ended.");

    private sealed record Good(Guid Session, DateTimeOffset ExpiresAt, SignedInDocument User)
    {
        public static Good Read(NpgsqlDataReader row, Guid tenant) =>
            new(
                row.GetGuid(1),
                row.GetFieldValue<DateTimeOffset>(3),
                new SignedInDocument(
                    row.GetGuid(2),
                    tenant,
                    row.GetString(4),
                    row.GetStringOrNull(5),
                    row.GetStringOrNull(6),
                    row.GetBoolean(7),
                    row.GetString(8),
                    row.GetFieldValue<string[]>(9)
                )
            );
    }

    private sealed record Ending(string Outcome, Guid? SessionId, Guid? UserId);
}
