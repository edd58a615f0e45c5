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
/// Exports the personal data of the caller (GDPR, article 20). It contains no secrets: no hashes, no tokens, and no
/// texts of messages, since some of them contain links with tokens.
/// </summary>
public static class ExportMe
{
    /// <param name="User">The user's profile and roles.</param>
    /// <param name="Tenant">The user's tenant.</param>
    /// <param name="Sessions">The user's sessions, newest first, including expired and revoked ones.</param>
    /// <param name="Messages">The messages to the user, newest first.</param>
    /// <param name="AuditEvents">The audit events of the user's own actions, newest first.</param>
    /// <param name="ExportedAt">The time of the export.</param>
    public sealed record Response(
        UserDocument User,
        ExportedTenant Tenant,
        IReadOnlyList<ExportedSession> Sessions,
        IReadOnlyList<ExportedMessage> Messages,
        IReadOnlyList<ExportedEvent> AuditEvents,
        DateTimeOffset ExportedAt
    );

    /// <param name="Id">The tenant's id.</param>
    /// <param name="Slug">The tenant's slug.</param>
    /// <param name="Name">The tenant's name.</param>
    public sealed record ExportedTenant(Guid Id, string Slug, string Name);

    /// <param name="Id">The session's id.</param>
    /// <param name="Address">The IP address of the sign-in.</param>
    /// <param name="UserAgent">The user agent of the sign-in.</param>
    /// <param name="CreatedAt">The time of the sign-in.</param>
    /// <param name="LastUsedAt">The time of the sign-in or of the last refresh.</param>
    /// <param name="ExpiresAt">The time when the session expires.</param>
    /// <param name="RevokedAt">The time when the session was revoked. Null: it was not.</param>
    public sealed record ExportedSession(
        Guid Id,
        string? Address,
        string? UserAgent,
        DateTimeOffset CreatedAt,
        DateTimeOffset LastUsedAt,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? RevokedAt
    );

    /// <param name="Id">The message's id.</param>
    /// <param name="Type">The channel of the message.</param>
    /// <param name="Recipient">The address or number of the recipient.</param>
    /// <param name="Subject">The subject. Null where the message contained a secret.</param>
    /// <param name="Status">The status of the message.</param>
    /// <param name="CreatedAt">The time when the message was created.</param>
    public sealed record ExportedMessage(
        Guid Id,
        Channel Type,
        string Recipient,
        string? Subject,
        NotificationStatus Status,
        DateTimeOffset CreatedAt
    );

    /// <param name="Id">The event's id.</param>
    /// <param name="OccurredAt">The time of the action.</param>
    /// <param name="Action">The action, for example <c>auth.login</c>.</param>
    /// <param name="Outcome"><c>success</c>, or the code of the refusal.</param>
    /// <param name="Address">The IP address of the request.</param>
    /// <param name="UserAgent">The user agent of the request.</param>
    public sealed record ExportedEvent(
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
            .Select(message => new ExportedMessage(
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
            .Where(audited => audited.ActorId == id)
            .OrderByDescending(audited => audited.Id)
            .ToListAsync(cancel);

        http.Response.Headers.ContentDisposition = "attachment; filename=\"export.json\"";
        return TypedResults.Ok(
            new Response(
                UserDocument.Of(user.User, user.Roles),
                new ExportedTenant(tenant.Id, tenant.Slug, tenant.Name),
                [
                    .. sessions.Select(session => new ExportedSession(
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
                    .. events.Select(audited => new ExportedEvent(
                        audited.Id,
                        audited.OccurredAt,
                        audited.Action,
                        audited.Outcome,
                        audited.Address?.ToString(),
                        audited.UserAgent
                    )),
                ],
                clock.GetUtcNow()
            )
        );
    }
}
