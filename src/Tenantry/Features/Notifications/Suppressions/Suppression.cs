using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Suppressions;

/// <summary>Why messages to a recipient are suppressed.</summary>
public enum SuppressionReason
{
    Bounce,
    Complaint,
    Unsubscribe,
    Manual,
}

/// <summary>
/// A recipient that gets no more messages of a tenant. A recipient that unsubscribed gets no more marketing messages.
/// </summary>
public sealed class Suppression : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();

    [Audited]
    public required Channel Type { get; init; }

    /// <summary>In lower case, so that another spelling of the address is suppressed too.</summary>
    [Audited]
    public required string Recipient { get; init; }

    [Audited]
    public required SuppressionReason Reason { get; init; }

    /// <summary>The reason that the receiving mail server or provider reported.</summary>
    public string? Detail { get; init; }

    /// <summary>The message that caused the suppression.</summary>
    public Guid? NotificationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Suppression>
    {
        public void Configure(EntityTypeBuilder<Suppression> suppression)
        {
            suppression.ToTable("notification_suppressions").GrantToServingRole("SELECT, INSERT, DELETE");
            suppression
                .Property(s => s.Type)
                .HasConversion(channel => EnumText.ToText(channel), text => EnumText.Parse<Channel>(text));
            suppression
                .Property(s => s.Reason)
                .HasConversion(reason => EnumText.ToText(reason), text => EnumText.Parse<SuppressionReason>(text));
            suppression
                .HasIndex(s => new
                {
                    s.TenantId,
                    s.Type,
                    s.Recipient,
                    s.Reason,
                })
                .IsUniqueWithConflict(
                    "ux_notification_suppressions_recipient",
                    "recipient",
                    "A suppression of this recipient for this reason exists already."
                );
        }
    }
}
