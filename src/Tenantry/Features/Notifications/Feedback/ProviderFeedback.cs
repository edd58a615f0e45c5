using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Notifications.Delivery;
using Tenantry.Features.Notifications.Sending;
using Tenantry.Features.Notifications.Suppressions;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Aws;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Feedback;

/// <summary>
/// What became of a mail, as SES tells a topic of SNS, and SNS tells us. The mail carried tenant and id of its row; nobody but us could put them there. A message that comes twice, or late, changes nothing.
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
    /// <summary>What SNS sends at most, and its envelope.</summary>
    private const int MostBytes = 512 * 1024;

    public static async Task<Results<NoContent, Invalid, Denied, Missing, Unavailable>> Take(
        HttpRequest request,
        ProviderFeedback feedback,
        ServiceSettings settings,
        CancellationToken cancel
    )
    {
        if (settings.Messages.FeedbackTopics.Count == 0)
            return Problems.Missing("This installation takes no feedback: SNS_FEEDBACK_TOPIC_ARNS is not set.");
        if (await Read(request, cancel) is not { } body || SnsMessage.Parse(body) is not { } message)
            return Problems.Invalid("request", $"must be a message of SNS, of {MostBytes} bytes at most");
        try
        {
            if (!await feedback.Take(message, cancel))
                return Problems.Denied(
                    Problems.PermissionDenied,
                    "This is no message of a topic that this installation believes."
                );
        }
        catch (Exception e) when (e is HttpRequestException or AwsException)
        {
            NotTaken(feedback.Log, e.Message);
            return Problems.Unavailable(Problems.DependencyUnavailable, TimeSpan.FromSeconds(30)); // SNS sends it again
        }
        return TypedResults.NoContent();
    }

    private ILogger Log { get; } = log;

    private async Task<bool> Take(SnsMessage message, CancellationToken cancel)
    {
        if (!await signature.Holds(message, cancel))
            return false;
        switch (message.Type)
        {
            case "SubscriptionConfirmation":
                // By a call of ours, not by following the link: where it leads is not up to whoever sent it.
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
                when Guid.TryParse(message.MessageId, out var id) && Event.Of(message.Message) is { } said:
                await Apply(id, said, cancel);
                break;
        }
        return true;
    }

    private async Task Apply(Guid id, Event said, CancellationToken cancel)
    {
        if (await directory.ById(said.Tenant, cancel) is null)
            return;
        var now = clock.GetUtcNow();
        // A door: the mail itself says whose it was.
        await using var db = (await contexts.CreateDbContextAsync(cancel)).For(said.Tenant);
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
                .FromSql($"SELECT *, xmin FROM notification_logs WHERE id = {said.Notification} FOR UPDATE")
                .SingleOrDefaultAsync(cancel)
                is { } message
            && said.Recipients.Contains(message.Recipient, StringComparer.OrdinalIgnoreCase)
        )
        {
            if (Rank(said.Status) > (message.Status == NotificationStatus.Failed ? 0 : Rank(message.Status))) // given up too early: it has arrived all the same
            {
                // A message that the provider took unheard is not sent once more.
                (message.Status, message.IsReady, message.FeedbackAt) = (said.Status, false, now);
                message.ErrorMessage = said.Status == NotificationStatus.Delivered ? null : Detail(message, said);
                message.SentAt ??= now;
            }
            if (said.Suppresses is { } reason)
                await Suppress(db, message, reason, Detail(message, said), now, cancel);
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static string? Detail(Notification message, Event said) =>
        message.IsSecret && said.Detail is { } detail ? SecretReason.Of(detail) : said.Detail;

    private async Task Suppress(
        TenantDb db,
        Notification message,
        SuppressionReason reason,
        string? detail,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var (channel, why) = (EnumText.Of(Channel.Email), EnumText.Of(reason));
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

    /// <summary>News that come late do not undo later ones.</summary>
    private static int Rank(NotificationStatus status) =>
        status switch
        {
            NotificationStatus.Queued or NotificationStatus.Sending or NotificationStatus.Sent => 0,
            NotificationStatus.Delivered => 1,
            NotificationStatus.Failed => 2,
            NotificationStatus.Bounced => 3,
            NotificationStatus.Complained => 4,
            _ => 9, // cancelled and suppressed ones never left
        };

    private static async Task<byte[]?> Read(HttpRequest request, CancellationToken cancel)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancel);
            var (isTooLarge, all) = (read.Buffer.Length > MostBytes, read.IsCompleted ? read.Buffer.ToArray() : null);
            // A reader that is left where it stands costs the connection.
            request.BodyReader.AdvanceTo(
                all is null && !isTooLarge ? read.Buffer.Start : read.Buffer.End,
                read.Buffer.End
            );
            if (isTooLarge)
                return null;
            if (all is not null)
                return all;
        }
    }

    [LoggerMessage(EventId = 4106, Level = LogLevel.Information, Message = "Subscribed to {Topic}: feedback comes in")]
    private static partial void Subscribed(ILogger log, string topic);

    [LoggerMessage(
        EventId = 4107,
        Level = LogLevel.Warning,
        Message = "The subscription to {Topic} has ended: no feedback comes in from it any more"
    )]
    private static partial void Unsubscribed(ILogger log, string topic);

    [LoggerMessage(
        EventId = 4108,
        Level = LogLevel.Warning,
        Message = "Feedback could not be taken, and is sent again: {Reason}"
    )]
    private static partial void NotTaken(ILogger log, string reason);

    /// <summary>What SES says of a mail: as an event of a configuration set, or as the feedback of an identity.</summary>
    private sealed record Event(
        Guid Tenant,
        Guid Notification,
        NotificationStatus Status,
        SuppressionReason? Suppresses,
        string? Detail,
        IReadOnlyList<string> Recipients
    )
    {
        public static Event? Of(string? json)
        {
            try
            {
                using var document = JsonDocument.Parse(json ?? "");
                return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : null;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return null;
            }
        }

        private static Event? Of(JsonElement root)
        {
            var kind = Text(root, "eventType") ?? Text(root, "notificationType");
            if (!root.TryGetProperty("mail", out var mail) || Row(mail) is not var (tenant, notification))
                return null;
            switch (kind)
            {
                case "Delivery":
                    return new(
                        tenant,
                        notification,
                        NotificationStatus.Delivered,
                        null,
                        null,
                        Strings(mail, "destination")
                    );
                case "Bounce" when root.TryGetProperty("bounce", out var bounce):
                    // Of the others it is not sure that they will come to nothing for ever.
                    var isForGood = Text(bounce, "bounceType") == "Permanent";
                    var said =
                        bounce.TryGetProperty("bouncedRecipients", out var bounced) && bounced.GetArrayLength() > 0
                            ? Text(bounced[0], "diagnosticCode")
                            : null;
                    return new(
                        tenant,
                        notification,
                        NotificationStatus.Bounced,
                        isForGood ? SuppressionReason.Bounce : null,
                        DeliveryWorker.Shown($"{Text(bounce, "bounceType")}/{Text(bounce, "bounceSubType")}: {said}"),
                        Addresses(bounce, "bouncedRecipients")
                    );
                case "Complaint" when root.TryGetProperty("complaint", out var complaint):
                    return new(
                        tenant,
                        notification,
                        NotificationStatus.Complained,
                        SuppressionReason.Complaint,
                        Text(complaint, "complaintFeedbackType") is { } type ? DeliveryWorker.Shown(type) : null,
                        Addresses(complaint, "complainedRecipients")
                    );
                case "Reject" when root.TryGetProperty("reject", out var reject):
                    return new(
                        tenant,
                        notification,
                        NotificationStatus.Failed,
                        null,
                        DeliveryWorker.Shown("SES refused it: " + Text(reject, "reason")),
                        Strings(mail, "destination")
                    );
                default:
                    return null;
            }
        }

        /// <summary>By the tags that it was sent with, or by its Message-ID.</summary>
        private static (Guid Tenant, Guid Notification)? Row(JsonElement mail)
        {
            if (
                mail.TryGetProperty("tags", out var tags)
                && Guid.TryParse(First(tags, FeedbackTags.Tenant), out var tenant)
                && Guid.TryParse(First(tags, FeedbackTags.Notification), out var notification)
            )
                return (tenant, notification);
            var id = mail.TryGetProperty("commonHeaders", out var headers) ? Text(headers, "messageId") : null;
            var parts = id?.Trim('<', '>').Split('@')[0].Split('.');
            return
                parts is [var row, var owner]
                && Guid.TryParseExact(row, "N", out notification)
                && Guid.TryParseExact(owner, "N", out tenant)
                ? (tenant, notification)
                : null;
        }

        private static string? Text(JsonElement of, string name) =>
            of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;

        private static string? First(JsonElement of, string name) =>
            Strings(of, name) is [var first, ..] ? first : null;

        private static List<string> Strings(JsonElement of, string name) =>
            of.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
                ? [.. values.EnumerateArray().Select(value => value.GetString() ?? "")]
                : [];

        private static List<string> Addresses(JsonElement of, string name) =>
            of.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
                ? [.. values.EnumerateArray().Select(value => Text(value, "emailAddress") ?? "")]
                : [];
    }
}
