using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>What a tenant has subscribed to; rate limits and quotas follow from it.</summary>
public enum SubscriptionTier
{
    Free,
    Standard,
    Premium,
}

/// <summary>Who may make an account: anybody, those invited, nobody.</summary>
public enum Registration
{
    Open,
    InviteOnly,
    Closed,
}

/// <summary>A customer of the platform. All that is kept for it carries its id.</summary>
public sealed class Tenant : ITenantItself
{
    public const string UniqueSlug = "ux_tenants_slug";

    /// <summary>The tenant from which the platform itself is administered.</summary>
    public const string PlatformSlug = TenantSlug.Platform;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    [Audited]
    public required string Name { get; set; }

    /// <summary>Names the tenant in host names and headers; RFC 1123 label, for ever.</summary>
    public required string Slug { get; init; }

    /// <summary>Asked for, and without effect until it was verified.</summary>
    [Audited]
    public string? CustomDomain { get; set; }

    [Audited]
    public DateTimeOffset? CustomDomainVerifiedAt { get; set; }

    [Audited]
    public SubscriptionTier SubscriptionTier { get; set; }

    /// <summary>Instead of the tier's. Null: the tier's.</summary>
    [Audited]
    public int? RateLimitPerMinute { get; set; }

    [Audited]
    public bool IsActive { get; set; } = true;

    [Audited]
    public Registration Registration { get; set; }

    /// <summary>Whether a user signs in only after having proved the address.</summary>
    [Audited]
    public bool VerificationRequired { get; set; }

    /// <summary>Whether a user gets a mail when somebody signs in from a device that is new.</summary>
    [Audited]
    public bool MailOnNewDevice { get; set; }

    /// <summary>How long a session lives unused here. Null: as the platform has it.</summary>
    [Audited]
    public int? SessionIdleDays { get; set; }

    /// <summary>How long a session lives at most here. Null: as the platform has it.</summary>
    [Audited]
    public int? SessionDays { get; set; }

    /// <summary>Origins of browsers that may call the API for this tenant, beside those of the platform.</summary>
    [Audited]
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Whom its mails come from. Null: as the platform has it.</summary>
    [Audited]
    public string? SenderName { get; set; }

    [Audited]
    public string? SenderAddress { get; set; }

    /// <summary>Off since then, and erased after the platform's days of grace.</summary>
    [Audited]
    public DateTimeOffset? DeletedAt { get; set; }

    [CallersJson(CallersJsonAttribute.Metadata)]
    public JsonElement Metadata { get; set; } = JsonElement.Parse("{}");
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
    public uint Version { get; init; }

    private sealed class Mapping : IEntityTypeConfiguration<Tenant>
    {
        public void Configure(EntityTypeBuilder<Tenant> tenant)
        {
            tenant.ToTable("tenants").ServingRoleMay("SELECT, INSERT, UPDATE");
            tenant.HasIndex(t => t.Slug).UniqueOr409(UniqueSlug, "slug", "This slug is taken.");
            tenant
                .HasIndex(t => t.CustomDomain)
                .UniqueOr409("ux_tenants_custom_domain", "custom_domain", "This domain belongs to another tenant.")
                .HasFilter("custom_domain_verified_at IS NOT NULL");
            tenant
                .Property(t => t.SubscriptionTier)
                .HasConversion(tier => EnumText.Of(tier), text => EnumText.To<SubscriptionTier>(text));
            tenant
                .Property(t => t.Registration)
                .HasConversion(mode => EnumText.Of(mode), text => EnumText.To<Registration>(text));
            tenant.Property(t => t.Version).IsRowVersion();
        }
    }
}
