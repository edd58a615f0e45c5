using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Passwords;

namespace Tenantry.Features.Auth.Passwords;

/// <summary>
/// Verifies the password of a signed-in user once more. Failures are counted, so that a person who finds an unlocked
/// device cannot guess for long.
/// </summary>
public sealed class Reauthentication(
    TenantContext context,
    TenantDb db,
    PasswordHashing hashing,
    AuditTrail audit,
    TimeProvider clock
)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Demands the password, unless the caller has signed in within the last ten minutes. A password that is sent must
    /// be right nevertheless.
    /// </summary>
    /// <param name="caller">The session of the request.</param>
    /// <param name="user">The caller's user.</param>
    /// <param name="password">The member <c>password</c> of the body; null: absent.</param>
    /// <param name="cancel">Ends the wait for hashing capacity.</param>
    /// <returns>
    /// The refusal (<see cref="TooMany"/>, <see cref="Unavailable"/> or <see cref="Invalid"/>); null: go on.
    /// </returns>
    public async Task<Refusal?> Demand(Caller caller, User user, string? password, CancellationToken cancel)
    {
        if (password is not null)
            return (await Verify(user, password, "password", cancel)).Refusal;
        var since = clock.GetUtcNow() - FreshFor;
        var isFresh = await db.Set<Session>()
            .AnyAsync(session => session.Id == caller.SessionId && session.CreatedAt > since, cancel);
        return isFresh
            ? null
            : Problems.Invalid("password", "is required, because you signed in more than ten minutes ago");
    }

    /// <param name="user">The caller.</param>
    /// <param name="password">The password that the caller sent.</param>
    /// <param name="field">The name of its field, for the validation message.</param>
    /// <param name="cancel">Ends the wait for hashing capacity.</param>
    /// <param name="newPassword">A password to hash at the same time.</param>
    /// <returns>
    /// A refusal (<see cref="TooMany"/>, <see cref="Unavailable"/> or <see cref="Invalid"/>), or null where the
    /// password is right; and the hash of the new password.
    /// </returns>
    public async Task<(Refusal? Refusal, string? NewHash)> Verify(
        User user,
        string password,
        string field,
        CancellationToken cancel,
        string? newPassword = null
    )
    {
        var attempts = AttemptsOf(user);
        if (await Attempt.Begin(db, attempts, clock.GetUtcNow(), cancel) is { } wait)
            return (Problems.TooMany("Too many attempts failed. Wait, or request a password reset.", wait), null);

        bool isRight;
        string? newHash;
        using (var turn = await hashing.Enter(context.TenantId, user.PasswordHash, cancel))
        {
            if (turn is null)
            {
                await Attempt.Dropped(db, attempts, clock.GetUtcNow(), cancel);
                return (Problems.Unavailable(Problems.Overloaded, PasswordHashing.RetryAfter), null);
            }
            isRight = turn.Verify(password, user.PasswordHash);
            newHash = newPassword is null ? null : turn.Hash(newPassword);
        }
        if (isRight)
            return (null, newHash);

        await using var transaction = await db.Begin(cancel);
        audit.Add(db, user.Id, "wrong_password");
        await db.SaveChangesAsync(cancel);
        await Attempt.Failed(db, attempts, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return (Problems.Invalid(field, "is not the current password"), null);
    }

    /// <summary>
    /// Resets the count of failures. Call it last in a transaction: other attempts wait for its locks.
    /// </summary>
    public Task Succeeded(User user, CancellationToken cancel) =>
        Attempt.Succeeded(db, AttemptsOf(user), clock.GetUtcNow(), cancel);

    private static Attempt[] AttemptsOf(User user) => [new(AttemptKind.Session, user.Id.ToString())];
}
