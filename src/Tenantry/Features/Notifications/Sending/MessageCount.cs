using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// The number of messages that a tenant sends on a day. It is counted in the transaction that queues the messages, so
/// that checking a quota does not count the history. The count is the sum of several rows: concurrent senders rarely
/// wait for the lock of the same row.
/// </summary>
public sealed class MessageCount : ITenantOwned
{
    public const int Rows = 4;

    public Guid TenantId { get; init; }
    public required DateOnly Day { get; init; }
    public required Channel Type { get; init; }

    /// <summary>The country of an SMS; empty for other channels.</summary>
    public string Country { get; init; } = "";
    public required short Spread { get; init; }
    public required int Messages { get; init; }

    /// <summary>The SMS segments that are charged.</summary>
    public int Segments { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<MessageCount>
    {
        public void Configure(EntityTypeBuilder<MessageCount> count)
        {
            count.ToTable("message_counts").GrantToServingRole("SELECT, INSERT, UPDATE");
            count.HasKey(c => new
            {
                c.TenantId,
                c.Day,
                c.Type,
                c.Country,
                c.Spread,
            });
            count
                .Property(c => c.Type)
                .HasConversion(channel => EnumText.ToText(channel), text => EnumText.Parse<Channel>(text));
        }
    }
}
