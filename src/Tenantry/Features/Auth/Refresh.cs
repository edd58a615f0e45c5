using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;
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

    /// <summary>The rotation, and what an answer shows of the user, in one round trip.</summary>
    private const string Statement = """
        SELECT r.outcome, r.session_id, r.user_id, r.expires_at, u.email, u.first_name, u.last_name, u.email_verified, a.role, a.permissions
        FROM rotate_refresh_token($1, $2, $3, $4, $5, $6, $7) AS r
        LEFT JOIN users AS u ON u.id = r.user_id
        LEFT JOIN LATERAL access_of_user(u.id) AS a ON r.outcome IN ('rotated', 'repeated')
        """;

    public static async Task<Results<Ok<TokenAnswer>, Invalid, Unauthenticated, Denied>> Handle(
        Request? body, [FromHeader(Name = SessionCookies.CsrfHeader)] string? csrf, HttpContext http, SessionCookies cookies, TenantContext named, TenantDirectory directory, NpgsqlDataSource database,
        IDbContextFactory<TenantDb> contexts, Sessions sessions, Revocations revocations, Outbox outbox, AuditTrail audit, ServiceSettings settings, TimeProvider clock, CancellationToken cancel)
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
        if (isCookie)
        {
            var families = await database.Rows(tenant.Id, new("SELECT family FROM refresh_tokens WHERE token_hash = $1") { Parameters = { Of(presented.Hash) } }, static row => row.GetGuid(0), cancel);
            if (families is not [var family])
                return Unknown();
            if (csrf is null || !cookies.IsFromOurPage(http, family))
                return Problems.Denied(Problems.CsrfTokenInvalid, Problems.CsrfTokenInvalid.When);
        }

        var successor = presented.Successor(sessions.SuccessorKey);
        var now = clock.GetUtcNow();
        var rotations = await database.Rows(tenant.Id, new(Statement)
        {
            Parameters =
            {
                Of(presented.Hash), Of(successor.Hash), Of(Guid.CreateVersion7()), Of(now), Of(settings.RefreshTokenLeeway), Of(sessions.IdleLifetimeOf(tenant)), Of(false),
            },
        }, row => new Rotation(row.GetString(0), Id(row, 1), Id(row, 2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
            row.IsDBNull(4) || row.IsDBNull(8) ? null : new SignedInDocument(row.GetGuid(2), tenant.Id, row.GetString(4), Text(row, 5), Text(row, 6), row.GetBoolean(7), row.GetString(8), row.GetFieldValue<string[]>(9))), cancel);

        switch (rotations is [var rotation] ? rotation : null)
        {
            case null: // its successor was made under another JWT_SECRET: nobody can say it again
            case { Outcome: "revoked" }:
                return Revoked();
            case { Outcome: "rotated" or "repeated", User: { } user } good:
                var answer = sessions.Answer(user, good.SessionId!.Value, successor, good.ExpiresAt!.Value);
                return TypedResults.Ok(isCookie ? cookies.Put(http, answer, good.SessionId!.Value) : answer);
            case { Outcome: "expired" }:
                return Problems.Unauthenticated(Problems.TokenExpired, "The refresh token has expired: sign in again.");
            case { Outcome: "reused" }:
                return await End();
            default:
                return Unknown(); // or deleted within the statement
        }

        // The end of a family and what is left of it, audit row and mail, are one change.
        async Task<Unauthenticated> End()
        {
            await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
            await using var transaction = await db.Begin(cancel);
            var end = await db.Database.SqlQuery<Ending>($"""
                SELECT outcome, session_id, user_id FROM rotate_refresh_token({presented.Hash}, {successor.Hash}, {Guid.CreateVersion7()}, {now}, {settings.RefreshTokenLeeway}, {sessions.IdleLifetimeOf(tenant)}, true)
                """).SingleOrDefaultAsync(cancel);
            if (end is not { Outcome: "reused", SessionId: { } session })
                return Revoked(); // another who saw the second use was first
            if (await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == end.UserId, cancel) is { } owner)
                await Mails.RefreshTokenReused(db, outbox, tenant, owner, cancel);
            audit.Add(db, session, "refresh_token_reused", actor: end.UserId);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            revocations.Add(session);
            return Problems.Unauthenticated(Problems.TokenRevoked, "The refresh token was used before. The session has ended, in case somebody else has it.");
        }
    }

    private static Unauthenticated Unknown() => Problems.Unauthenticated(Problems.AuthenticationFailed, "The refresh token is not known.");

    private static Unauthenticated Revoked() => Problems.Unauthenticated(Problems.TokenRevoked, "The session has ended.");

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static Guid? Id(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed record Rotation(string Outcome, Guid? SessionId, Guid? UserId, DateTimeOffset? ExpiresAt, SignedInDocument? User);

    private sealed record Ending(string Outcome, Guid? SessionId, Guid? UserId);
}
