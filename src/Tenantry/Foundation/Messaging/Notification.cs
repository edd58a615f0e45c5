using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// The state of a message. The first two are in the queue. `delivered`, `bounced` and `complained` are reported by the
/// receiving side, if it reports at all.
/// </summary>
public enum NotificationStatus
{
    Queued,
    Sending,
    Sent,
    Delivered,
    Bounced,
    Complained,
    Suppressed,
    Failed,
    Cancelled,
}

/// <summary>The order among the messages of a tenant.</summary>
public enum Priority
{
    High,
    Normal,
    Bulk,
}

/// <summary>
/// The purpose of a message. A marketing message has an unsubscribe link (RFC 8058), and is not sent after its use.
/// </summary>
public enum Category
{
    Transactional,
    Marketing,
}

/// <summary>
/// A message and its state. The table is the history and the queue: a message is stored once.
/// </summary>
public sealed class Notification : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The user whom the message concerns, if there is one.</summary>
    public Guid? UserId { get; set; }

    /// <summary>The user who sent it. Null: the service.</summary>
    public Guid? SentBy { get; init; }
    public required Channel Type { get; init; }

    /// <summary>An address, a number in E.164, or the id of a device.</summary>
    public required string Recipient { get; init; }
    public string? Subject { get; init; }
    public string? TemplateName { get; init; }

    /// <summary>The plain text. Null: there is none, or it is not stored any more.</summary>
    public string? Body { get; set; }
    public string? HtmlBody { get; set; }

    /// <summary>
    /// The encrypted texts of a secret message, which only the workers read. The database erases them when the message
    /// has ended.
    /// </summary>
    public byte[]? SealedText { get; init; }

    /// <summary>The message contains a one-time token or code: its texts are encrypted and never shown.</summary>
    public bool IsSecret { get; init; }
    public Priority Priority { get; init; } = Priority.Normal;
    public Category Category { get; init; }
    public NotificationStatus Status { get; set; }

    /// <summary>
    /// Queued and due. The workers read only these rows, so that messages scheduled for later cost nothing now.
    /// </summary>
    public bool IsReady { get; set; } = true;

    /// <summary>Queued: the time of the next attempt. Sending: the end of the worker's lease.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>The instance that sends or sent it.</summary>
    public Guid? WorkerId { get; set; }

    /// <summary>The number of attempts.</summary>
    public int Attempts { get; set; }

    /// <summary>The message is not sent before this time.</summary>
    public DateTimeOffset? SendAt { get; set; }
    public string? Transport { get; set; }

    /// <summary>The provider's id of the message.</summary>
    public string? ProviderId { get; set; }
    public string? ErrorMessage { get; set; }

    /// <summary>The country of an SMS (ISO 3166).</summary>
    public string? Country { get; init; }

    /// <summary>The number of billed segments of an SMS.</summary>
    public int? Segments { get; init; }
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When the receiving side reported the delivery or its failure.</summary>
    public DateTimeOffset? FeedbackAt { get; set; }

    /// <summary>The <c>traceparent</c> of the request that caused it, if it was recorded.</summary>
    public string? Cause { get; init; } = Spans.Cause;
    public required DateTimeOffset CreatedAt { get; init; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Notification>
    {
        public void Configure(EntityTypeBuilder<Notification> notification)
        {
            notification.ToTable("notification_logs").GrantToServingRole("SELECT, INSERT, UPDATE");
            notification
                .Property(n => n.Type)
                .HasConversion(channel => EnumText.ToText(channel), text => EnumText.Parse<Channel>(text));
            notification
                .Property(n => n.Status)
                .HasConversion(status => EnumText.ToText(status), text => EnumText.Parse<NotificationStatus>(text));
            notification
                .Property(n => n.Category)
                .HasConversion(category => EnumText.ToText(category), text => EnumText.Parse<Category>(text));
            notification
                .Property(n => n.Priority)
                .HasConversion(priority => (short)priority, number => (Priority)number); // a number, to sort by
            notification.Property(n => n.Version).IsRowVersion();
            // Of secret messages an archive carries no text, nor what a version before left in these.
            // The queue of each channel: whose turn it is within a tenant, and which tenants wait.
            notification
                .HasIndex(n => new
                {
                    n.Type,
                    n.TenantId,
                    n.Priority,
                    n.Id,
                })
                .HasDatabaseName("ix_notification_logs_ready")
                .HasFilter("is_ready");
            notification
                .HasIndex(n => n.DueAt)
                .HasDatabaseName("ix_notification_logs_due")
                .HasFilter("NOT is_ready AND status IN ('queued', 'sending')");
            notification
                .HasIndex(n => new
                {
                    n.TenantId,
                    n.Recipient,
                    n.Id,
                })
                .HasDatabaseName("ix_notification_logs_recipient");
            notification
                .HasIndex(n => new
                {
                    n.TenantId,
                    n.Status,
                    n.Id,
                })
                .HasDatabaseName("ix_notification_logs_trouble")
                .HasFilter("status NOT IN ('queued', 'sending', 'sent', 'delivered')");
            notification
                .HasIndex(n => n.CreatedAt, "age")
                .HasMethod("brin")
                .HasDatabaseName("ix_notification_logs_age"); // rows come in the order of time: a few pages do
            notification
                .HasIndex(n => n.CreatedAt, "mailbox")
                .HasDatabaseName("ix_notification_logs_mailbox")
                .HasFilter("transport = 'mailbox'");
        }
    }
}
