using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Messaging.Templates;

namespace Tenantry.Features.Notifications.Sending;

/// <summary>
/// How many messages a tenant had sent on a day: counted in the transaction that queues them, so that quota and guard need not count the history. Spread over some
/// rows, so that many who send at once do not stand in line.
/// </summary>
public sealed class MessageCount : ITenantOwned
{
    public const int Rows = 4;

    public Guid TenantId { get; init; }
    public required DateOnly Day { get; init; }
    public required Channel Type { get; init; }

    /// <summary>Of SMS; empty otherwise.</summary>
    public string Country { get; init; } = "";
    public required short Spread { get; init; }
    public required int Messages { get; init; }

    /// <summary>Of SMS, what is paid for.</summary>
    public int Segments { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<MessageCount>
    {
        public void Configure(EntityTypeBuilder<MessageCount> count)
        {
            count.ToTable("message_counts").ServingRoleMay("SELECT, INSERT, UPDATE");
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
                .HasConversion(channel => EnumText.Of(channel), text => EnumText.To<Channel>(text));
        }
    }
}
