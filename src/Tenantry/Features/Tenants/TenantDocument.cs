using System.Text.Json;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Tenants;

/// <summary>A tenant, as the API shows one. A deleted one is erased after the days of grace; until then it can be brought back.</summary>
public sealed record TenantDocument(
    Guid Id,
    string Name,
    string Slug,
    string? CustomDomain,
    bool CustomDomainVerified,
    SubscriptionTier SubscriptionTier,
    int? RateLimitPerMinute,
    bool IsActive,
    Registration Registration,
    bool VerificationRequired,
    bool MailOnNewDevice,
    int? SessionIdleDays,
    int? SessionDays,
    IReadOnlyList<string> AllowedOrigins,
    string? SenderName,
    string? SenderAddress,
    JsonElement Metadata,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? DeletedAt,
    FailedErasure? Erasure = null
) : IExample<TenantDocument>
{
    public static TenantDocument Of(Tenant tenant) =>
        new(
            tenant.Id,
            tenant.Name,
            tenant.Slug,
            tenant.CustomDomain,
            tenant.CustomDomainVerifiedAt is not null,
            tenant.SubscriptionTier,
            tenant.RateLimitPerMinute,
            tenant.IsActive,
            tenant.Registration,
            tenant.VerificationRequired,
            tenant.MailOnNewDevice,
            tenant.SessionIdleDays,
            tenant.SessionDays,
            tenant.AllowedOrigins,
            tenant.SenderName,
            tenant.SenderAddress,
            tenant.Metadata,
            tenant.CreatedAt,
            tenant.UpdatedAt,
            tenant.DeletedAt
        );

    public static TenantDocument Example =>
        new(
            Guid.Parse("019a8f3e-5a00-7c10-8e21-0c9d4b3a2f10"),
            "Acme",
            "acme",
            null,
            false,
            SubscriptionTier.Standard,
            null,
            true,
            Registration.Open,
            false,
            false,
            null,
            null,
            ["https://app.acme.example"],
            "Acme",
            "hello@acme.example",
            JsonElement.Parse("""{"crm_id":"4711"}"""),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero),
            null
        );
}

/// <summary>Of a deleted tenant whose erasure was tried and failed. It is tried again.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FailedAt">The last time.</param>
/// <param name="Reason">The table, and the database's code for what went wrong; no values of rows.</param>
/// <param name="NextAttemptAt">Not before then.</param>
public sealed record FailedErasure(int Attempts, DateTimeOffset FailedAt, string Reason, DateTimeOffset? NextAttemptAt);
