using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tenantry.Features.Auth.Mails;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Tokens;
using static Tenantry.Foundation.Data.Database.TenantQueries;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>The successor of a refresh token, with the session that it continues.</summary>
/// <param name="Session">The session's id, which is the token family.</param>
/// <param name="Successor">The new refresh token.</param>
/// <param name="ExpiresAt">When the new refresh token expires.</param>
/// <param name="User">The user of the session.</param>
public sealed record RotatedToken(
    Guid Session,
    OpaqueToken Successor,
    DateTimeOffset ExpiresAt,
    SignedInUserDocument User
);

/// <summary>
/// Exchanges a refresh token for its successor. A token is used once. A second use means that two clients have it, the
/// user's and a thief's. The service cannot tell them apart, so it revokes the whole family (RFC 9700, section 4.14.2).
/// Within the leeway, a second use is a retry or a second browser tab, and returns the same successor.
/// </summary>
public sealed class RefreshTokenRotation(
    NpgsqlDataSource database,
    IDbContextFactory<TenantDb> contexts,
    SessionIssuer sessions,
    TokenStateCache revocations,
    AuthMails mails,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock
)
{
    /// <summary>The rotation, and what the response shows of the user, in one round trip.</summary>
    private const string Statement = $"""
        SELECT outcome, session_id, user_id, expires_at, email, first_name, last_name, email_verified, role, permissions
        FROM {DatabaseFunctions.RotateRefreshToken}($1, $2, $3, $4, $5, $6, $7)
        """;

    /// <returns>The successor, or the refusal.</returns>
    public async Task<(RotatedToken? Rotated, Unauthenticated? Refusal)> Rotate(
        ResolvedTenant tenant,
        OpaqueToken presented,
        CancellationToken cancel
    )
    {
        var successor = presented.Successor(sessions.SuccessorKey);
        var now = clock.GetUtcNow();
        var rotations = await database.QueryAs(
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
            row =>
                (
                    Outcome: row.GetString(0),
                    Rotated: row.GetString(0) == "good" ? Read(row, tenant.Id, successor) : null
                ),
            cancel
        );

        return (rotations is [var rotation] ? rotation : default) switch
        {
            { Rotated: { } rotated } => (rotated, null),
            { Outcome: "expired" } => (
                null,
                Problems.Unauthenticated(Problems.TokenExpired, "The refresh token has expired. Sign in again.")
            ),
            { Outcome: "reused" } => (null, await RevokeFamily(tenant, presented, successor, now)),
            { Outcome: "unknown" } => (null, Unknown()),
            _ => (null, Revoked()),
        };
    }

    /// <summary>The refusal of a token that was never issued.</summary>
    public static Unauthenticated Unknown() =>
        Problems.Unauthenticated(Problems.AuthenticationFailed, "The refresh token is unknown.");

    // The revocation, its audit event and its mail are one transaction. It cannot be cancelled: a thief must not be
    // able to prevent it by closing the connection.
    private async Task<Unauthenticated> RevokeFamily(
        ResolvedTenant tenant,
        OpaqueToken presented,
        OpaqueToken successor,
        DateTimeOffset now
    )
    {
        var cancel = CancellationToken.None;
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(tenant.Id);
        await using var transaction = await db.Begin(cancel);
        var end = await db
            .Database.SqlQueryRaw<Revocation>(
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
            return Revoked(); // a concurrent request detected the reuse first
        if (end.UserId is { } robbed)
            await MailedToken.WithdrawOfSessions(db, robbed, cancel);
        if (
            await db.Set<User>().AsNoTracking().SingleOrDefaultAsync(user => user.Id == end.UserId, cancel) is { } owner
        )
            await mails.RefreshTokenReused(db, tenant, owner, cancel);
        audit.Add(db, session, "refresh_token_reused", actor: end.UserId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        revocations.Revoke(session);
        return Problems.Unauthenticated(
            Problems.TokenRevoked,
            "The refresh token was used before, so the session was revoked: the token may be stolen. Sign in again."
        );
    }

    private static Unauthenticated Revoked() =>
        Problems.Unauthenticated(Problems.TokenRevoked, "The session was revoked. Sign in again.");

    private static RotatedToken Read(NpgsqlDataReader row, Guid tenant, OpaqueToken successor) =>
        new(
            row.GetGuid(1),
            successor,
            row.GetFieldValue<DateTimeOffset>(3),
            new SignedInUserDocument(
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

    private sealed record Revocation(string Outcome, Guid? SessionId, Guid? UserId);
}
