using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;

namespace Tenantry.Foundation.Messaging;

/// <summary>The message settings of a tenant. A tenant without a row has these defaults.</summary>
public sealed class NotificationSettings : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The language if neither the request nor the user asks for another.</summary>
    [Audited]
    public string Locale { get; set; } = "en";

    /// <summary>Whether the text of a message is erased after sending.</summary>
    [Audited]
    public bool RedactBodies { get; set; }

    /// <summary>The country of telephone numbers without a country code (ISO 3166).</summary>
    [Audited]
    public string? DefaultRegion { get; set; }

    /// <summary>The countries that SMS may be sent to. Empty: only the default region.</summary>
    [Audited]
    public string[] SmsCountries { get; set; } = [];

    /// <summary>In segments, because providers bill segments.</summary>
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
