using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// Processes the messages of SNS: confirms a subscription, or records a delivery, bounce or complaint in the row of the
/// e-mail. Tenant and id of the row are in the e-mail, where only the service could put them. A message that arrives
/// twice, or late, changes nothing.
/// </summary>
public sealed partial class ProviderFeedback(
    SnsSignature signature,
    IServiceProvider services,
    TenantDirectory directory,
    IDbContextFactory<TenantDb> contexts,
    AuditTrail audit,
    TimeProvider clock,
    ILogger<ProviderFeedback> log
)
{
    private ILogger Log { get; } = log;

    /// <returns>False: the message is not from a trusted topic, or its signature is not valid.</returns>
    public async Task<bool> Process(SnsMessage message, CancellationToken cancel)
    {
        if (!await signature.IsValid(message, cancel))
            return false;
        switch (message.Type)
        {
            case "SubscriptionConfirmation":
                // By a request of our own to SNS. The sender of a message must not choose which address we call, so
                // SubscribeURL is not used.
                await services
                    .GetRequiredKeyedService<AwsClient>("sns")
                    .Query(
                        "ConfirmSubscription",
                        [new("TopicArn", message.TopicArn!), new("Token", message.Token ?? "")],
                        cancel
                    );
                Subscribed(Log, message.TopicArn!);
                break;
            case "UnsubscribeConfirmation":
                Unsubscribed(Log, message.TopicArn!);
                break;
            case "Notification"
                when Guid.TryParse(message.MessageId, out var id) && SesEvent.Parse(message.Message) is { } reported:
                await Record(id, reported, cancel);
                break;
        }
        return true;
    }

    private async Task Record(Guid id, SesEvent reported, CancellationToken cancel)
    {
        if (await directory.ById(reported.Tenant, cancel) is null)
            return;
        var now = clock.GetUtcNow();
        // Acts in the tenant that the e-mail names: the request of SNS belongs to none.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(reported.Tenant);
        await using var transaction = await db.Begin(cancel);
        if (
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO seen_feedback (id, seen_at) VALUES ({id}, {now}) ON CONFLICT DO NOTHING",
                cancel
            ) == 0
        )
            return;
        if (
            await db.Set<Notification>()
                .FromSql($"SELECT *, xmin FROM notification_logs WHERE id = {reported.Notification} FOR UPDATE")
                .SingleOrDefaultAsync(cancel)
                is { } message
            && reported.Recipients.Contains(message.Recipient, StringComparer.OrdinalIgnoreCase)
        )
        {
            // A message that was given up too early ranks lowest: it may have arrived nevertheless.
            if (Rank(reported.Status) > (message.Status == NotificationStatus.Failed ? 0 : Rank(message.Status)))
            {
                // Not ready any more: a message that the provider accepted, without the worker knowing, is not sent
                // again.
                (message.Status, message.IsReady, message.FeedbackAt) = (reported.Status, false, now);
                message.ErrorMessage =
                    reported.Status == NotificationStatus.Delivered ? null : Detail(message, reported);
                message.SentAt ??= now;
            }
            if (reported.Suppresses is { } reason)
                await Suppress(db, message, reason, Detail(message, reported), now, cancel);
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static string? Detail(Notification message, SesEvent reported) =>
        message.IsSecret && reported.Detail is { } detail ? SecretReason.Of(detail) : reported.Detail;

    private async Task Suppress(
        TenantDb db,
        Notification message,
        SuppressionReason reason,
        string? detail,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var (channel, why) = (EnumText.ToText(Channel.Email), EnumText.ToText(reason));
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO notification_suppressions (tenant_id, id, type, recipient, reason, detail, notification_id, created_at)
            VALUES ({message.TenantId}, {Guid.CreateVersion7()}, {channel}, {message.Recipient.ToLowerInvariant()}, {why}, {detail}, {message.Id}, {now}) ON CONFLICT DO NOTHING
            """,
            cancel
        );
        if (added > 0)
            audit.Add(db, message.Id, why);
    }

    /// <summary>The order of states: feedback that arrives late does not undo a later state.</summary>
    private static int Rank(NotificationStatus status) =>
        status switch
        {
            NotificationStatus.Queued or NotificationStatus.Sending or NotificationStatus.Sent => 0,
            NotificationStatus.Delivered => 1,
            NotificationStatus.Failed => 2,
            NotificationStatus.Bounced => 3,
            NotificationStatus.Complained => 4,
            _ => 9, // cancelled and suppressed messages were not sent
        };

    [LoggerMessage(
        EventId = 4106,
        Level = LogLevel.Information,
        Message = "The service confirmed the subscription to {Topic}, and receives its feedback"
    )]
    private static partial void Subscribed(ILogger log, string topic);

    [LoggerMessage(
        EventId = 4107,
        Level = LogLevel.Warning,
        Message = "The subscription to {Topic} has ended, and the service receives no more feedback from it"
    )]
    private static partial void Unsubscribed(ILogger log, string topic);
}
