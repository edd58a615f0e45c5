using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Tokens;

namespace Tenantry.Features.Auth.Sessions;

/// <summary>Where a user is signed in, and the way to end it.</summary>
public static class OwnSessions
{
    /// <param name="Id">To end it by.</param>
    /// <param name="Address">From where the sign-in came.</param>
    /// <param name="UserAgent">What the device called itself then.</param>
    /// <param name="CreatedAt">The sign-in.</param>
    /// <param name="LastUsedAt">The last sign-in or refresh.</param>
    /// <param name="ExpiresAt">It ends here, however busy it is.</param>
    /// <param name="IsCurrent">The one that asks.</param>
    public sealed record Document(
        Guid Id,
        string? Address,
        string? UserAgent,
        DateTimeOffset CreatedAt,
        DateTimeOffset LastUsedAt,
        DateTimeOffset ExpiresAt,
        bool IsCurrent
    );

    public static async Task<Ok<Page<Document>>> List(
        PageRequest page,
        TenantContext context,
        TenantDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var (caller, now) = (context.SignedIn, clock.GetUtcNow());
        var alive = db.Set<Session>()
            .AsNoTracking()
            .Where(session =>
                session.UserId == caller.UserId
                && session.RevokedAt == null
                && session.ExpiresAt > now
                && db.Set<RefreshToken>()
                    .Any(token => token.Family == session.Id && token.ReplacedAt == null && token.ExpiresAt > now)
            );
        if (page.After is { } after)
            alive = alive.Where(session => session.Id < after);
        var rows = await alive.OrderByDescending(session => session.Id).Take(page.Limit + 1).ToListAsync(cancel);
        return TypedResults.Ok(
            page.Cut([.. rows.Select(session => Show(session, caller))], session => session.Id, http)
        );
    }

    public static async Task<Results<NoContent, Missing>> End(
        Guid id,
        TenantContext context,
        TenantDb db,
        TokenStateCache revocations,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var caller = context.SignedIn;
        if (
            await db.Set<Session>()
                .SingleOrDefaultAsync(
                    session => session.Id == id && session.UserId == caller.UserId && session.RevokedAt == null,
                    cancel
                )
            is not { } session
        )
            return Problems.Missing("You have no such session.");
        session.RevokedAt = clock.GetUtcNow();
        audit.Add(db, session.Id);
        await db.SaveChangesAsync(cancel);
        revocations.Add(session.Id);
        return TypedResults.NoContent();
    }

    public static async Task<NoContent> EndOthers(
        TenantContext context,
        TenantDb db,
        TokenStateCache revocations,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var (caller, now) = (context.SignedIn, clock.GetUtcNow());
        var others = await db.Set<Session>()
            .Where(session =>
                session.UserId == caller.UserId && session.Id != caller.SessionId && session.RevokedAt == null
            )
            .ToListAsync(cancel);
        others.ForEach(session => session.RevokedAt = now);
        audit.Add(db, caller.UserId);
        await db.SaveChangesAsync(cancel);
        others.ForEach(session => revocations.Add(session.Id));
        return TypedResults.NoContent();
    }

    private static Document Show(Session session, Caller caller) =>
        new(
            session.Id,
            session.Address?.ToString(),
            session.UserAgent,
            session.CreatedAt,
            session.LastUsedAt,
            session.ExpiresAt,
            session.Id == caller.SessionId
        );
}
