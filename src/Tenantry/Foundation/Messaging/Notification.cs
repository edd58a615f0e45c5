using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Observability;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Foundation.Messaging;

/// <summary>
/// What has become of a message. The first two are the queue; the last word comes from whoever receives it, where it
/// comes at all.
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

/// <summary>Whose turn it is among the messages of a tenant.</summary>
public enum Priority
{
    High,
    Normal,
    Bulk,
}

/// <summary>
/// What a message is for: one that markets carries a way out (RFC 8058), and is not sent to whoever took it.
/// </summary>
public enum Category
{
    Transactional,
    Marketing,
}

/// <summary>
/// A message to somebody, and what became of it. The table is the queue too: a message is in one place only.
/// </summary>
public sealed class Notification : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The user whom the message concerns, where there is one.</summary>
    public Guid? UserId { get; set; }

    /// <summary>The user who had it sent. Null: the service itself.</summary>
    public Guid? SentBy { get; init; }
    public required Channel Type { get; init; }

    /// <summary>An address, a number in E.164, or the id of a device.</summary>
    public required string Recipient { get; init; }
    public string? Subject { get; init; }
    public string? TemplateName { get; init; }

    /// <summary>As text. Null: there is none, or it is not kept (any more).</summary>
    public string? Body { get; set; }
    public string? HtmlBody { get; set; }

    /// <summary>
    /// Of a secret message, instead of the three texts: for workers alone, encrypted. The database erases it when the
    /// message has ended.
    /// </summary>
    public byte[]? SealedText { get; init; }

    /// <summary>It holds a one-time token or code: its texts are sealed, and shown to nobody.</summary>
    public bool IsSecret { get; init; }
    public Priority Priority { get; init; } = Priority.Normal;
    public Category Category { get; init; }
    public NotificationStatus Status { get; set; }

    /// <summary>
    /// In the queue, and due. The workers look at nothing else, so that a hundred thousand for tomorrow cost nothing
    /// today.
    /// </summary>
    public bool IsReady { get; set; } = true;

    /// <summary>Queued: when it goes (again). Sending: when another worker may take it over.</summary>
    public required DateTimeOffset DueAt { get; set; }

    /// <summary>Which instance is sending it, or did.</summary>
    public Guid? WorkerId { get; set; }

    /// <summary>How often it was taken up.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? SendAt { get; set; }
    public string? Transport { get; set; }

    /// <summary>What the provider calls it.</summary>
    public string? ProviderId { get; set; }
    public string? ErrorMessage { get; set; }

    /// <summary>Of an SMS: ISO 3166.</summary>
    public string? Country { get; init; }

    /// <summary>Of an SMS: how many are paid for.</summary>
    public int? Segments { get; init; }
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When the receiving side said that it has it, or will not.</summary>
    public DateTimeOffset? FeedbackAt { get; set; }

    /// <summary>The <c>traceparent</c> of the request that it comes from, where that was recorded.</summary>
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
