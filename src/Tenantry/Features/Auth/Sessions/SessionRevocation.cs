using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>
/// Revokes sessions of the caller: on this instance at once, on the others by the change notification.
/// </summary>
public sealed class SessionRevocation(TenantDb db, TokenStateCache revocations, AuditTrail audit, TimeProvider clock)
{
    /// <param name="sessions">The sessions, tracked by the request's <see cref="TenantDb"/>.</param>
    /// <param name="target">The target of the audit event.</param>
    /// <param name="cancel">Rolls the change back.</param>
    public async Task Revoke(IReadOnlyCollection<Session> sessions, Guid target, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        foreach (var session in sessions)
            session.RevokedAt = now;
        audit.Add(db, target);
        await db.SaveChangesAsync(cancel);
        // After the commit: a change that was rolled back must not sign the user out.
        foreach (var session in sessions)
            revocations.Revoke(session.Id);
    }
}
