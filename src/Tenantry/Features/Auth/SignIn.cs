using Npgsql;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;
using static Tenantry.Foundation.Data.Database.QueryAsTenant;

namespace Tenantry.Features.Auth;

/// <summary>What a password that was right changes, as one statement, where a transaction takes six round trips (docs/decisions/0019-a-few-statements-go-past-ef.md).</summary>
public static class SignIn
{
    /// <summary>Nothing where the password is no longer the one that was verified: one that was changed meanwhile, ending all sessions, must not get a new one.</summary>
    private const string Text = $"""
        WITH known AS (
                 UPDATE users SET last_login_at = $3, password_hash = $4 WHERE id = $1 AND is_active AND password_hash = $2 RETURNING tenant_id, id),
             opened AS (
                 INSERT INTO sessions (tenant_id, id, user_id, address, user_agent, created_at, last_used_at, expires_at)
                 SELECT tenant_id, $5, id, $6, $7, $3, $3, $8 FROM known),
             handed AS (
                 INSERT INTO refresh_tokens (tenant_id, id, user_id, family, token_hash, created_at, expires_at)
                 SELECT tenant_id, $9, id, $5, $10, $3, $11 FROM known),
             told AS (
                 INSERT INTO audit_events (tenant_id, id, occurred_at, action, outcome, actor_id, actor_tenant_id, target_id, address, user_agent, trace_id)
                 SELECT tenant_id, $12, $13, $14, $15, id, $16, id, $6, $7, $17 FROM known)
        SELECT access.role, access.permissions, {DatabaseFunctions.EndAttempt}($18, $19, $20, $21, false, $22, $3) FROM known CROSS JOIN LATERAL {DatabaseFunctions.AccessOfUserNow}(known.id) AS access
        """;

    /// <param name="user">as they were when the password was verified</param>
    /// <param name="hash">of the password, to be kept from here on</param>
    /// <param name="session">that begins</param>
    /// <param name="refresh">its first token, and until when</param>
    /// <param name="told">for the log of the tenant</param>
    /// <param name="attempts">that ended well</param>
    /// <returns>to be read by <see cref="Read"/>; no row: nothing was changed</returns>
    public static NpgsqlBatchCommand Statement(
        User user,
        string hash,
        Session session,
        (OpaqueToken Token, DateTimeOffset Expires) refresh,
        AuditEvent told,
        IReadOnlyList<Attempt> attempts
    )
    {
        var ended = Attempt.Ended.Of(attempts, isProven: true);
        return new(Text)
        {
            Parameters =
            {
                Parameter(user.Id),
                Parameter(user.PasswordHash),
                Parameter(session.CreatedAt),
                Parameter(hash),
                Parameter(session.Id),
                Parameter(session.Address),
                Parameter(session.UserAgent),
                Parameter(session.ExpiresAt),
                Parameter(Guid.CreateVersion7()),
                Parameter(refresh.Token.Hash),
                Parameter(refresh.Expires),
                Parameter(told.Id),
                Parameter(told.OccurredAt),
                Parameter(told.Action),
                Parameter(told.Outcome),
                Parameter(told.ActorTenantId),
                Parameter(told.TraceId),
                Parameter(ended.Kinds),
                Parameter(ended.Subjects),
                Parameter(ended.Free),
                Parameter(ended.Longest),
                Parameter(ended.Forget),
            },
        };
    }

    public static UserAccess Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetFieldValue<string[]>(1));
}
