using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;

namespace Tenantry.Foundation.Data.Tenancy;

/// <summary>The subscription level of a tenant, which decides rate limits and quotas.</summary>
public enum SubscriptionTier
{
    Free,
    Standard,
    Premium,
}

/// <summary>Who may create an account: everyone, invited people only, or no one.</summary>
public enum Registration
{
    Open,
    InviteOnly,
    Closed,
}

/// <summary>A customer of the platform. Every row of its data has its id.</summary>
public sealed class Tenant : ITenantItself
{
    public const string UniqueSlug = "ux_tenants_slug";

    /// <summary>The tenant from which the platform itself is administered.</summary>
    public const string PlatformSlug = TenantSlug.Platform;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    [Audited]
    public required string Name { get; set; }

    /// <summary>The name of the tenant in host names and headers: an RFC 1123 label that never changes.</summary>
    public required string Slug { get; init; }

    /// <summary>The requested domain, which has no effect until it is verified.</summary>
    [Audited]
    public string? CustomDomain { get; set; }

    [Audited]
    public DateTimeOffset? CustomDomainVerifiedAt { get; set; }

    [Audited]
    public SubscriptionTier SubscriptionTier { get; set; }

    /// <summary>The rate limit of the tenant. Null: that of the tier.</summary>
    [Audited]
    public int? RateLimitPerMinute { get; set; }

    [Audited]
    public bool IsActive { get; set; } = true;

    [Audited]
    public Registration Registration { get; set; }

    /// <summary>Whether a user must verify the e-mail address before signing in.</summary>
    [Audited]
    public bool VerificationRequired { get; set; }

    /// <summary>Whether a user gets an e-mail about a sign-in from a new device.</summary>
    [Audited]
    public bool MailOnNewDevice { get; set; }

    /// <summary>After how many days without use a session ends. Null: the default of the platform.</summary>
    [Audited]
    public int? SessionIdleDays { get; set; }

    /// <summary>The maximum lifetime of a session in days. Null: the default of the platform.</summary>
    [Audited]
    public int? SessionDays { get; set; }

    /// <summary>Browser origins that may call the API for this tenant, besides those of the platform.</summary>
    [Audited]
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>The sender name of its e-mails. Null: the default of the platform.</summary>
    [Audited]
    public string? SenderName { get; set; }

    [Audited]
    public string? SenderAddress { get; set; }

    /// <summary>When the tenant was deleted. It is inactive since then, and erased after the grace period.</summary>
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
            tenant.ToTable("tenants").GrantToServingRole("SELECT, INSERT, UPDATE");
            tenant.HasIndex(t => t.Slug).IsUniqueWithConflict(UniqueSlug, "slug", "This slug is taken.");
            tenant
                .HasIndex(t => t.CustomDomain)
                .IsUniqueWithConflict(
                    "ux_tenants_custom_domain",
                    "custom_domain",
                    "This domain belongs to another tenant."
                )
                .HasFilter("custom_domain_verified_at IS NOT NULL");
            tenant
                .Property(t => t.SubscriptionTier)
                .HasConversion(tier => EnumText.ToText(tier), text => EnumText.Parse<SubscriptionTier>(text));
            tenant
                .Property(t => t.Registration)
                .HasConversion(mode => EnumText.ToText(mode), text => EnumText.Parse<Registration>(text));
            tenant.Property(t => t.Version).IsRowVersion();
        }
    }
}
