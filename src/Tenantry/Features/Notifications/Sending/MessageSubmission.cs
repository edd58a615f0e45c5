using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// Puts messages into the queue and counts them against the quota, both or neither. The row of a message records who
/// sent what to whom.
/// </summary>
public sealed class MessageSubmission(
    TenantContext context,
    TenantDb db,
    NpgsqlDataSource database,
    MessageCache cache,
    DeliveryWorker delivery,
    ServiceSettings settings
)
{
    /// <summary>The row of a message to one recipient.</summary>
    public Notification Message(MessageDraft draft, string recipient, Guid? user, string? country = null) =>
        new()
        {
            TenantId = context.TenantId,
            UserId = user,
            SentBy = context.SignedIn.UserId,
            Type = draft.Channel,
            Recipient = recipient,
            Subject = draft.Parts.Subject,
            TemplateName = draft.Template?.Name,
            Body = draft.Parts.Text,
            HtmlBody = draft.Parts.Html,
            Priority = draft.Request.Priority ?? Priority.Normal,
            Category = draft.Request.Category ?? Category.Transactional,
            IsReady = !draft.IsLater,
            DueAt = draft.DueAt,
            SendAt = draft.IsLater ? draft.DueAt : null,
            Country = country,
            Segments = draft.Segments,
            CreatedAt = draft.Now,
        };

    /// <returns>The refusal; null: the e-mail is in the queue.</returns>
    public async Task<QuotaUsedUp?> QueueEmail(Notification mail, CancellationToken cancel)
    {
        // With an Idempotency-Key there is a transaction already, which contains the stored response too.
        if (
            db.Database.CurrentTransaction is null
            && await AcceptedMail.Queue(
                context,
                database,
                mail,
                settings.QuotaOf(context.Tenant.SubscriptionTier).MessagesPerMonth,
                cancel
            )
        )
            return null;
        mail.UserId ??= (await RecipientUser.WithEmail(db, mail.Recipient, cancel))?.Id;
        return await Queue([mail], cancel);
    }

    /// <returns>The refusal; null: the push notifications are in the queue.</returns>
    public Task<QuotaUsedUp?> QueuePush(IReadOnlyList<Notification> messages, CancellationToken cancel) =>
        Queue(messages, cancel);

    /// <returns>The refusal; null: the SMS is in the queue.</returns>
    public async Task<QuotaUsedUp?> QueueSms(Notification sms, CancellationToken cancel)
    {
        await using var transaction = await db.Begin(cancel);
        if (
            await MessageQuota.ChargeSms(
                db,
                settings,
                await cache.Settings(db, cancel),
                context.Tenant,
                new SmsCharge(sms.Recipient, sms.Country!, sms.Segments!.Value, sms.DueAt),
                sms.CreatedAt,
                cancel
            ) is
            { } full
        )
            return full;
        db.Add(sms);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>Wakes the worker where the messages are due, and writes the response.</summary>
    public Accepted<SendMessageResponse> Accept(
        MessageDraft draft,
        IReadOnlyList<Notification> messages,
        HttpResponse http
    )
    {
        if (!draft.IsLater)
            Wake(draft.Channel, http);
        return TypedResults.Accepted(
            $"{settings.ApiPath}/notifications/{messages[0].Id}",
            new SendMessageResponse(
                messages[0].Id,
                NotificationStatus.Queued,
                [.. messages.Select(message => message.Id)],
                draft.Segments
            )
        );
    }

    private async Task<QuotaUsedUp?> Queue(IReadOnlyList<Notification> messages, CancellationToken cancel)
    {
        var (channel, due, now) = (messages[0].Type, messages[0].DueAt, messages[0].CreatedAt);
        await using var transaction = await db.Begin(cancel);
        db.AddRange(messages);
        await db.SaveChangesAsync(cancel);
        // Last, because concurrent senders wait for the lock of the count until the commit.
        if (
            await MessageQuota.Charge(db, settings, context.Tenant, channel, messages.Count, due, now, cancel) is
            { } full
        )
            return full;
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>The worker is woken when it can see the messages: after the commit of the transaction.</summary>
    private void Wake(Channel channel, HttpResponse http)
    {
        if (db.Database.CurrentTransaction is null)
        {
            delivery.Wake(channel);
            return;
        }
        http.OnCompleted(() =>
        {
            delivery.Wake(channel);
            return Task.CompletedTask;
        });
    }
}
