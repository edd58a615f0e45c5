using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Tenants;

/// <summary>Lists all tenants, newest first, for platform administrators.</summary>
public static class ListTenants
{
    public static async Task<Results<Ok<Page<TenantDocument>>, Invalid>> Handle(
        PageRequest page,
        [FromQuery, Description("Only tenants whose name contains this text.")] string? name,
        [FromQuery, Description("Only tenants whose slug begins with this text.")] string? slug,
        [FromQuery(Name = "tier"), OneOf(typeof(SubscriptionTier))]
        [Description("Only tenants of this tier: `free`, `standard` or `premium`.")]
            string? tier,
        [FromQuery(Name = "is_active"), Description("Only active tenants, or only inactive ones.")] bool? isActive,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        // The tenant context stays the platform's. The function reads across tenants for the platform alone.
        var rows = await db
            .Database.SqlQueryRaw<Row>(
                $$"""
                SELECT l.id, l.name, l.slug, l.custom_domain, l.custom_domain_verified_at, l.subscription_tier, l.rate_limit_per_minute, l.is_active, l.registration, l.verification_required, l.mail_on_new_device,
                       l.session_idle_days, l.session_days, l.allowed_origins, l.sender_name, l.sender_address, {{DatabaseFunctions.ShownJson}}(l.metadata, {6}) AS metadata, l.created_at, l.updated_at, l.deleted_at,
                       e.attempts AS erasure_attempts, e.failed_at AS erasure_failed_at, e.reason AS erasure_reason, e.next_attempt_at AS erasure_next_at
                FROM {{DatabaseFunctions.ListTenants}}({0}::uuid, {1}, {2}::text, {3}::text, {4}::text, {5}::boolean) AS l
                LEFT JOIN LATERAL (SELECT * FROM {{DatabaseFunctions.FailedErasures}}(ARRAY[l.id]) WHERE l.deleted_at IS NOT NULL) AS e ON true
                ORDER BY l.id DESC
                """,
                page.After!,
                page.Limit + 1,
                name!,
                slug!,
                tier!,
                isActive!,
                CallersJsonAttribute.Metadata
            )
            .ToListAsync(cancel);
        return TypedResults.Ok(page.ToPage([.. rows.Select(row => row.ToDocument())], tenant => tenant.Id, http));
    }

    private sealed record Row(
        Guid Id,
        string Name,
        string Slug,
        string? CustomDomain,
        DateTimeOffset? CustomDomainVerifiedAt,
        string SubscriptionTier,
        int? RateLimitPerMinute,
        bool IsActive,
        string Registration,
        bool VerificationRequired,
        bool MailOnNewDevice,
        int? SessionIdleDays,
        int? SessionDays,
        string[] AllowedOrigins,
        string? SenderName,
        string? SenderAddress,
        JsonElement Metadata,
        DateTimeOffset CreatedAt,
        DateTimeOffset UpdatedAt,
        DateTimeOffset? DeletedAt,
        int? ErasureAttempts,
        DateTimeOffset? ErasureFailedAt,
        string? ErasureReason,
        DateTimeOffset? ErasureNextAt
    )
    {
        public TenantDocument ToDocument() =>
            new(
                Id,
                Name,
                Slug,
                CustomDomain,
                CustomDomainVerifiedAt is not null,
                EnumText.Parse<SubscriptionTier>(SubscriptionTier),
                RateLimitPerMinute,
                IsActive,
                EnumText.Parse<Registration>(Registration),
                VerificationRequired,
                MailOnNewDevice,
                SessionIdleDays,
                SessionDays,
                AllowedOrigins,
                SenderName,
                SenderAddress,
                Metadata,
                CreatedAt,
                UpdatedAt,
                DeletedAt,
                ErasureFailedAt is { } failed
                    ? new FailedErasure(ErasureAttempts ?? 0, failed, ErasureReason ?? "", ErasureNextAt)
                    : null
            );
    }
}
