using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Database;

namespace Tenantry.Foundation.Outbox;

public enum Channel { Email, Sms, Push }

public enum NotificationStatus { Queued, Sent, Failed }

/// <summary>A message to somebody, and what became of it. The table is the queue too: a message is in one place only.</summary>
public sealed class Notification : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The user whom the message concerns, where there is one.</summary>
    public Guid? UserId { get; init; }
    public required Channel Type { get; init; }
    public required string Recipient { get; init; }
    public string? Subject { get; init; }
    public string? TemplateName { get; init; }
    public required string Body { get; init; }
    public required string Transport { get; init; }
    public NotificationStatus Status { get; set; }
    public string? ErrorMessage { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Notification>
    {
        public void Configure(EntityTypeBuilder<Notification> notification)
        {
            notification.ToTable("notification_logs").ServingRoleMay("SELECT, INSERT, UPDATE");
            notification.Property(n => n.Type).HasConversion(channel => Word.Of(channel), text => Word.To<Channel>(text));
            notification.Property(n => n.Status).HasConversion(status => Word.Of(status), text => Word.To<NotificationStatus>(text));
            notification.HasIndex(n => new { n.Transport, n.CreatedAt }).HasDatabaseName("ix_notification_logs_mailbox");
        }
    }
}
