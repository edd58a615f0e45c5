using System.Text.Json;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Tenants;

/// <summary>A tenant. A deleted tenant is erased after the grace period, and can be restored until then.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Name">The tenant's name, as people read it.</param>
/// <param name="Slug">The tenant's short name in addresses and headers. It never changes.</param>
/// <param name="CustomDomain">The tenant's own host name; null if there is none.</param>
/// <param name="CustomDomainVerified">Whether the tenant has proved that it owns the custom domain.</param>
/// <param name="SubscriptionTier">The tier, which sets rate limits and quotas.</param>
/// <param name="RateLimitPerMinute">The rate limit that replaces the tier's; null if the tier's applies.</param>
/// <param name="IsActive">Whether the tenant accepts requests.</param>
/// <param name="Registration">Who can create an account.</param>
/// <param name="VerificationRequired">Whether users must verify their e-mail address before they sign in.</param>
/// <param name="MailOnNewDevice">Whether users get an e-mail about a sign-in on a new device.</param>
/// <param name="SessionIdleDays">
/// The days after which an unused session ends; null if the platform's setting applies.
/// </param>
/// <param name="SessionDays">The days after which every session ends; null if the platform's setting applies.</param>
/// <param name="AllowedOrigins">The browser origins (CORS) that are allowed besides those of the platform.</param>
/// <param name="SenderName">The sender name of e-mails; null if the platform's is used.</param>
/// <param name="SenderAddress">The sender address of e-mails; null if the platform's is used.</param>
/// <param name="Metadata">A JSON object for your own use.</param>
/// <param name="CreatedAt">When the tenant was created.</param>
/// <param name="UpdatedAt">When the tenant was last changed.</param>
/// <param name="DeletedAt">When the tenant was deleted; null if it is not deleted.</param>
/// <param name="Erasure">The last failed attempt to erase the tenant; null if no attempt failed.</param>
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
    [JsonShape] JsonElement Metadata,
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

/// <summary>The last failed attempt to erase a deleted tenant. Erasure is tried again.</summary>
/// <param name="Attempts">The number of attempts that failed.</param>
/// <param name="FailedAt">When the last attempt failed.</param>
/// <param name="Reason">The table and the database's error code. It contains no values of rows.</param>
/// <param name="NextAttemptAt">When erasure is tried again at the earliest.</param>
public sealed record FailedErasure(int Attempts, DateTimeOffset FailedAt, string Reason, DateTimeOffset? NextAttemptAt);
