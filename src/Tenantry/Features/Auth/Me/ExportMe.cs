using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Auth.Me;

/// <summary>
/// All that is kept of a user, for the user (GDPR, article 20). No secret is in it: no hash, no token, and of messages what they were, not what they said, since some carry
/// links that open doors.
/// </summary>
public static class ExportMe
{
    public sealed record Response(
        UserDocument User,
        TenantOfExport Tenant,
        IReadOnlyList<SessionOfExport> Sessions,
        IReadOnlyList<MessageOfExport> Messages,
        IReadOnlyList<EventOfExport> AuditEvents,
        DateTimeOffset ExportedAt
    );

    public sealed record TenantOfExport(Guid Id, string Slug, string Name);

    public sealed record SessionOfExport(
        Guid Id,
        string? Address,
        string? UserAgent,
        DateTimeOffset CreatedAt,
        DateTimeOffset LastUsedAt,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? RevokedAt
    );

    public sealed record MessageOfExport(
        Guid Id,
        Channel Type,
        string Recipient,
        string? Subject,
        NotificationStatus Status,
        DateTimeOffset CreatedAt
    );

    public sealed record EventOfExport(
        Guid Id,
        DateTimeOffset OccurredAt,
        string Action,
        string Outcome,
        string? Address,
        string? UserAgent
    );

    public static async Task<Ok<Response>> Handle(
        TenantContext context,
        TenantDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var (id, tenant) = (context.SignedIn.UserId, context.Tenant);
        var user = await UserDocument.WithRoles(db, db.Set<User>().Where(u => u.Id == id)).OfCaller(cancel);
        var sessions = await db.Set<Session>()
            .AsNoTracking()
            .Where(session => session.UserId == id)
            .OrderByDescending(session => session.Id)
            .ToListAsync(cancel);
        var messages = await db.Set<Notification>()
            .AsNoTracking()
            .Where(message => message.UserId == id)
            .OrderByDescending(message => message.Id)
            .Select(message => new MessageOfExport(
                message.Id,
                message.Type,
                message.Recipient,
                message.IsSecret ? null : message.Subject,
                message.Status,
                message.CreatedAt
            ))
            .ToListAsync(cancel);
        var events = await db.Set<AuditEvent>()
            .AsNoTracking()
            .Where(one => one.ActorId == id)
            .OrderByDescending(one => one.Id)
            .ToListAsync(cancel);

        http.Response.Headers.ContentDisposition = "attachment; filename=\"export.json\"";
        return TypedResults.Ok(
            new Response(
                UserDocument.Of(user.User, user.Roles),
                new TenantOfExport(tenant.Id, tenant.Slug, tenant.Name),
                [
                    .. sessions.Select(session => new SessionOfExport(
                        session.Id,
                        session.Address?.ToString(),
                        session.UserAgent,
                        session.CreatedAt,
                        session.LastUsedAt,
                        session.ExpiresAt,
                        session.RevokedAt
                    )),
                ],
                messages,
                [
                    .. events.Select(one => new EventOfExport(
                        one.Id,
                        one.OccurredAt,
                        one.Action,
                        one.Outcome,
                        one.Address?.ToString(),
                        one.UserAgent
                    )),
                ],
                clock.GetUtcNow()
            )
        );
    }
}
