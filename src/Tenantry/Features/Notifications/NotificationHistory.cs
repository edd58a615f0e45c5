using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications;

/// <summary>What was sent, and what can still be done about it.</summary>
public static class NotificationHistory
{
    public static async Task<Results<Ok<Page<NotificationDocument>>, Invalid>> List(
        PageRequest page,
        [FromQuery] string? channel,
        [FromQuery] string? status,
        [FromQuery] string? recipient,
        [FromQuery(Name = "template_name")] string? templateName,
        [FromQuery] string? category,
        [FromQuery(Name = "user_id")] Guid? userId,
        [FromQuery] DateTimeOffset? from,
        [FromQuery] DateTimeOffset? to,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var byChannel = FilterText.Of<Channel>("channel", channel, errors);
        var byStatus = FilterText.Of<NotificationStatus>("status", status, errors);
        var byCategory = FilterText.Of<Category>("category", category, errors);
        if (from > to)
            errors["to"] = ["must not be before from"];
        if (errors.Count > 0)
            return new Invalid(errors);

        var messages = db.Set<Notification>().AsNoTracking();
        if (page.After is { } after)
            messages = messages.Where(message => message.Id < after);
        if (byChannel is { } wantedChannel)
            messages = messages.Where(message => message.Type == wantedChannel);
        if (byStatus is { } wantedStatus)
            messages = messages.Where(message => message.Status == wantedStatus);
        if (byCategory is { } wantedCategory)
            messages = messages.Where(message => message.Category == wantedCategory);
        if (recipient is not null)
            messages = messages.Where(message => message.Recipient == recipient);
        if (templateName is not null)
            messages = messages.Where(message => message.TemplateName == templateName);
        if (userId is not null)
            messages = messages.Where(message => message.UserId == userId);
        if (from is not null)
            messages = messages.Where(message => message.CreatedAt >= from.Value.ToUniversalTime());
        if (to is not null)
            messages = messages.Where(message => message.CreatedAt < to.Value.ToUniversalTime());
        // One by one: their texts are not shown, and not held.
        var rows = await messages
            .OrderByDescending(message => message.Id)
            .Take(page.Limit + 1)
            .AsAsyncEnumerable()
            .Select(row => NotificationDocument.Of(row, withBody: false))
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, http));
    }

    public static async Task<Results<Ok<NotificationDocument>, NotModified, Missing>> Read(
        Guid id,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var found = await db.Set<Notification>()
            .AsNoTracking()
            .Where(message => message.Id == id)
            .Select(message => new
            {
                Message = message,
                Hidden = db.Set<NotificationSettings>().Any(settings => settings.RedactBodies),
            })
            .SingleOrDefaultAsync(cancel);
        if (found is null)
            return NoSuchMessage();
        // What the tenant's settings hide is no part of what is shown.
        if (ETag.IsKnown(http, ETag.Of(found.Message.Version, found.Hidden ? "hidden" : "shown")))
            return new NotModified();
        return TypedResults.Ok(NotificationDocument.Of(found.Message, withBody: !found.Hidden));
    }

    /// <summary>From the beginning: with all its attempts, and as much time as a new one.</summary>
    public static async Task<Results<Accepted<NotificationDocument>, Missing, Conflicting, QuotaUsedUp>> Retry(
        Guid id,
        TenantContext context,
        TenantDb db,
        MessageCache known,
        ServiceSettings settings,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await Take(db, id, cancel) is not { } message)
            return NoSuchMessage();
        if (
            message.Status
            is not (
                NotificationStatus.Failed
                or NotificationStatus.Bounced
                or NotificationStatus.Suppressed
                or NotificationStatus.Cancelled
            )
        )
            return Problems.Conflicting(
                $"The message is {EnumText.Of(message.Status)}: there is nothing to try again."
            );
        if (message.IsSecret || (message.Body is null && message.HtmlBody is null))
            return Problems.Conflicting("The text of the message is not kept: send it anew.");
        var now = clock.GetUtcNow();
        // An SMS is paid for each time that it is sent.
        if (
            message is { Type: Channel.Sms, SentBy: not null }
            && await MessageQuota.TakeSms(
                db,
                settings,
                await known.Settings(db, cancel),
                context.Tenant,
                message.Recipient,
                message.Country ?? "",
                message.Segments ?? 1,
                now,
                now,
                cancel
            )
                is QuotaUsedUp spent
        )
            return spent;
        (
            message.Status,
            message.IsReady,
            message.DueAt,
            message.SendAt,
            message.Attempts,
            message.WorkerId,
            message.ErrorMessage
        ) = (NotificationStatus.Queued, true, now, now, 0, null, null);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Accepted((string?)null, NotificationDocument.Of(message, withBody: false));
    }

    /// <summary>As long as no worker has it.</summary>
    public static async Task<Results<Ok<NotificationDocument>, Missing, Conflicting>> Cancel(
        Guid id,
        TenantDb db,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        if (await Take(db, id, cancel) is not { } message)
            return NoSuchMessage();
        if (message.SentBy is null)
            return Problems.Conflicting("The service sends this message by itself: it cannot be cancelled.");
        if (message.Status != NotificationStatus.Queued)
            return Problems.Conflicting($"The message is {EnumText.Of(message.Status)}: it is too late to stop it.");
        (message.Status, message.IsReady) = (NotificationStatus.Cancelled, false);
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(NotificationDocument.Of(message, withBody: false));
    }

    /// <summary>Held against the workers until the transaction ends.</summary>
    private static Task<Notification?> Take(TenantDb db, Guid id, CancellationToken cancel) =>
        db.Set<Notification>()
            .FromSql($"SELECT *, xmin FROM notification_logs WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancel);

    private static Missing NoSuchMessage() => Problems.Missing("There is no such message.");
}
