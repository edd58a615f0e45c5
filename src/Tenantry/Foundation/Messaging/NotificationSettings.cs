using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Messaging;

/// <summary>How a tenant wants its messages. A tenant without a row has what these begin with.</summary>
public sealed class NotificationSettings : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The language where nobody asks for another.</summary>
    [Audited]
    public string Locale { get; set; } = "en";

    /// <summary>Whether the text of a message goes once it is sent.</summary>
    [Audited]
    public bool RedactBodies { get; set; }

    /// <summary>Where a number without a country code is at home (ISO 3166).</summary>
    [Audited]
    public string? DefaultRegion { get; set; }

    /// <summary>Where SMS may go. Empty: to the default region alone.</summary>
    [Audited]
    public string[] SmsCountries { get; set; } = [];

    /// <summary>In segments, since they are what is paid for.</summary>
    [Audited]
    public int SmsPerNumberPerDay { get; set; } = 20;

    [Audited]
    public int SmsPerCountryPerDay { get; set; } = 1_000;

    [Audited]
    public int SmsPerDay { get; set; } = 2_000;
    public DateTimeOffset? UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<NotificationSettings>
    {
        public void Configure(EntityTypeBuilder<NotificationSettings> settings)
        {
            settings.ToTable("notification_settings").GrantToServingRole("SELECT, INSERT, UPDATE");
            settings.HasKey(s => s.TenantId);
            settings.Property(s => s.Version).IsRowVersion();
        }
    }
}
