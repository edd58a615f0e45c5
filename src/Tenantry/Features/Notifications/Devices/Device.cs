using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Features.Notifications.Devices;

/// <summary>A device of a user that receives push notifications.</summary>
public sealed class Device : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid UserId { get; set; }

    /// <summary>The device token that the application got from APNs or FCM.</summary>
    public required string Token { get; init; }

    [Audited]
    public string? Name { get; set; }

    /// <summary>The ARN of the SNS endpoint. Null until the first message.</summary>
    public string? EndpointArn { get; set; }

    /// <summary>Why the device gets no more messages. Null: the device is active.</summary>
    public string? RetiredBecause { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    private sealed class Mapping : IEntityTypeConfiguration<Device>
    {
        public void Configure(EntityTypeBuilder<Device> device)
        {
            device.ToTable("devices");
            device
                .HasIndex(d => new { d.TenantId, d.Token })
                .IsUniqueWithConflict("ux_devices_token", "token", "A device with this token is registered already.");
            device.HasIndex(d => new { d.TenantId, d.UserId }).HasDatabaseName("ix_devices_user");
            device
                .HasOne<User>()
                .WithMany()
                .HasForeignKey(d => new { d.TenantId, d.UserId })
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
