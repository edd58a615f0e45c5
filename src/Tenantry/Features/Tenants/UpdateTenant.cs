using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Replaces a tenant's settings. Some of them can only be changed by a platform administrator.</summary>
public static class UpdateTenant
{
    /// <param name="Name">The tenant's name, as people read it.</param>
    /// <param name="Slug">The tenant's slug. It cannot change: if given, it must be the present slug.</param>
    /// <param name="CustomDomain">
    /// The tenant's own host name. A new one must be verified before it is used. If omitted, it is removed.
    /// </param>
    /// <param name="SubscriptionTier">
    /// The tier. Only the platform can change it. If omitted, it does not change.
    /// </param>
    /// <param name="RateLimitPerMinute">
    /// The rate limit that replaces the tier's. Only the platform can change it. If the platform omits it, the tier's
    /// limit applies.
    /// </param>
    /// <param name="IsActive">
    /// Whether the tenant is active. Only the platform can change it. If omitted, it does not change.
    /// </param>
    /// <param name="Registration">Who can create an account. If omitted, it does not change.</param>
    /// <param name="VerificationRequired">
    /// Whether users must verify their e-mail address before they sign in. If omitted, it does not change.
    /// </param>
    /// <param name="MailOnNewDevice">
    /// Whether users get an e-mail about a sign-in on a new device. If omitted, it does not change.
    /// </param>
    /// <param name="SessionIdleDays">
    /// The days after which an unused session ends. If omitted, the platform's setting applies.
    /// </param>
    /// <param name="SessionDays">
    /// The days after which every session ends. If omitted, the platform's setting applies.
    /// </param>
    /// <param name="AllowedOrigins">
    /// The browser origins (CORS) that are allowed besides those of the platform. Each has a scheme, a host and an
    /// optional port; a Unicode host is stored as Punycode. If omitted, there are none.
    /// </param>
    /// <param name="SenderName">The sender name of e-mails. If omitted, the platform's sender name is used.</param>
    /// <param name="SenderAddress">
    /// The sender address of e-mails. If omitted, the platform's sender address is used.
    /// </param>
    /// <param name="Metadata">A JSON object for your own use. If omitted, it does not change.</param>
    public sealed record Request(
        [RequiredMember, ShortText(200)] string? Name,
        string? Slug,
        [Domain] string? CustomDomain,
        SubscriptionTier? SubscriptionTier,
        [Range(1, 10_000_000, ErrorMessage = "must be 1 to 10000000")] int? RateLimitPerMinute,
        bool? IsActive,
        Registration? Registration,
        bool? VerificationRequired,
        bool? MailOnNewDevice,
        [Range(1, 365, ErrorMessage = "must be 1 to 365")] int? SessionIdleDays,
        [Range(1, 3650, ErrorMessage = "must be 1 to 3650")] int? SessionDays,
        [OriginList] IReadOnlyList<string>? AllowedOrigins,
        [ShortText(100), SenderName] string? SenderName,
        [Email] string? SenderAddress,
        [FreeObject(16 * 1024)] JsonElement? Metadata
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "Acme",
                null,
                "app.acme.example",
                null,
                null,
                null,
                Foundation.Data.Tenancy.Registration.InviteOnly,
                true,
                true,
                7,
                30,
                ["https://app.acme.example"],
                "Acme",
                "hello@acme.example",
                JsonElement.Parse("""{"crm_id":"4711"}""")
            );
    }

    public static async Task<Results<Ok<TenantDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The tenant's id.")] Guid id,
        Request body,
        TenantContext context,
        TenantChange change,
        CancellationToken cancel
    ) =>
        await change.Apply(
            id,
            Permissions.TenantsManage,
            Permissions.PlatformTenantsManage,
            tenant =>
            {
                var isPlatform = context.SignedIn.Has(Permissions.PlatformTenantsManage);
                if (Check(body, tenant, isPlatform) is { } refusal)
                    return refusal;
                Write(body, tenant, isPlatform);
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Denied denied) => denied,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Ok(tenant!),
        };

    private static Refusal? Check(Request body, Tenant tenant, bool isPlatform)
    {
        if (body.Slug is not null && body.Slug != tenant.Slug)
            return Problems.Conflicting(
                "The slug of a tenant cannot change, because addresses and tokens contain it.",
                "slug"
            );
        if (!isPlatform && body.SubscriptionTier is { } tier && tier != tenant.SubscriptionTier)
            return ByThePlatformAlone("subscription_tier");
        if (!isPlatform && body.RateLimitPerMinute is { } rate && rate != tenant.RateLimitPerMinute)
            return ByThePlatformAlone("rate_limit_per_minute");
        if (!isPlatform && body.IsActive is { } active && active != tenant.IsActive)
            return ByThePlatformAlone("is_active");
        if (tenant.Slug == Tenant.PlatformSlug && body.IsActive == false)
            return Problems.Conflicting("The tenant 'platform' cannot be switched off.", "is_active");
        if (tenant.DeletedAt is not null)
            return Problems.Conflicting("The tenant is deleted. Restore it first.");
        return null;
    }

    private static Denied ByThePlatformAlone(string member) =>
        Problems.Denied(Problems.PermissionDenied, $"Only a platform administrator can change {member}.");

    private static void Write(Request body, Tenant tenant, bool isPlatform)
    {
        if (body.CustomDomain != tenant.CustomDomain)
            (tenant.CustomDomain, tenant.CustomDomainVerifiedAt) = (body.CustomDomain, null);
        tenant.Name = body.Name!;
        tenant.SubscriptionTier = body.SubscriptionTier ?? tenant.SubscriptionTier;
        tenant.RateLimitPerMinute = isPlatform ? body.RateLimitPerMinute : tenant.RateLimitPerMinute;
        tenant.IsActive = body.IsActive ?? tenant.IsActive;
        tenant.Registration = body.Registration ?? tenant.Registration;
        tenant.VerificationRequired = body.VerificationRequired ?? tenant.VerificationRequired;
        tenant.MailOnNewDevice = body.MailOnNewDevice ?? tenant.MailOnNewDevice;
        (tenant.SessionIdleDays, tenant.SessionDays) = (body.SessionIdleDays, body.SessionDays);
        tenant.AllowedOrigins =
        [
            .. (body.AllowedOrigins ?? []).Select(BrowserOrigin.Normalized).Distinct(StringComparer.Ordinal),
        ];
        (tenant.SenderName, tenant.SenderAddress) = (body.SenderName, body.SenderAddress);
        tenant.Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : tenant.Metadata;
    }
}
