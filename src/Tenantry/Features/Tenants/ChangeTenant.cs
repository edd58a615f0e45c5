using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using DnsClient;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>
/// What becomes of a tenant: changed by itself or by the platform, switched off, deleted, brought back. Each is one transaction that leaves an audit row with the
/// tenant, and with the platform where the platform did it; every instance hears of it at once.
/// </summary>
public sealed class ChangeTenant(
    TenantContext context,
    TenantDb db,
    TenantDirectory directory,
    AuditTrail audit,
    ServiceSettings settings,
    TimeProvider clock,
    IHttpContextAccessor accessor
)
{
    /// <param name="Name">As people read it.</param>
    /// <param name="Slug">Cannot change: given, it must be the present one.</param>
    /// <param name="CustomDomain">Another than before has to be verified before it counts. Not given: none.</param>
    /// <param name="SubscriptionTier">By the platform only. Not given: it stays.</param>
    /// <param name="RateLimitPerMinute">Instead of the tier's. By the platform only, for which not given means the tier's.</param>
    /// <param name="IsActive">By the platform only. Not given: it stays.</param>
    /// <param name="Registration">Who may make an account. Not given: it stays.</param>
    /// <param name="VerificationRequired">Whether an address has to be verified before a sign-in. Not given: it stays.</param>
    /// <param name="MailOnNewDevice">Whether a sign-in on a new device is told by mail. Not given: it stays.</param>
    /// <param name="SessionIdleDays">How long a session lives unused. Not given: as the platform has it.</param>
    /// <param name="SessionDays">How long a session lives at most. Not given: as the platform has it.</param>
    /// <param name="AllowedOrigins">Of browsers, beside those of the platform. Not given: none.</param>
    /// <param name="SenderName">Of mails. Not given: the platform's.</param>
    /// <param name="SenderAddress">Of mails. Not given: the platform's.</param>
    /// <param name="Metadata">Yours. Not given: it stays.</param>
    public sealed record Request(
        [Needed, ShortText(200)] string? Name,
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

    public static async Task<Results<Ok<TenantDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Replace(
        Guid id,
        Request body,
        ChangeTenant change,
        CancellationToken cancel
    ) =>
        await change.Of(
            id,
            Permissions.TenantsManage,
            Permissions.PlatformTenantsManage,
            tenant => change.Apply(body, tenant),
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Denied denied) => denied,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Ok(tenant!),
        };

    /// <summary>Off at once; erased after the days of grace.</summary>
    public static async Task<Results<Accepted<TenantDocument>, Missing, Conflicting, Stale>> Delete(
        Guid id,
        ChangeTenant change,
        CancellationToken cancel
    ) =>
        await change.Of(
            id,
            null,
            Permissions.PlatformTenantsDelete,
            tenant =>
            {
                if (tenant.Slug == Tenant.PlatformSlug)
                    return Problems.Conflicting("The platform cannot be deleted from within.");
                (tenant.IsActive, tenant.DeletedAt) = (false, tenant.DeletedAt ?? change.DatabaseTime);
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Accepted((string?)null, tenant),
        };

    /// <summary>Until it is erased, all of it comes back.</summary>
    public static async Task<Results<Ok<TenantDocument>, Missing, Conflicting, Stale>> Restore(
        Guid id,
        ChangeTenant change,
        CancellationToken cancel
    ) =>
        await change.Of(
            id,
            null,
            Permissions.PlatformTenantsDelete,
            tenant =>
            {
                if (tenant.DeletedAt is not { } since)
                    return Problems.Conflicting("The tenant is not deleted.");
                if (since + change.Settings.TenantGrace <= change.DatabaseTime)
                    return Problems.Conflicting("The days of grace are over: the tenant is being erased.");
                (tenant.IsActive, tenant.DeletedAt) = (true, null);
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Ok(tenant!),
        };

    public static async Task<Results<Ok<DomainProof>, Missing, Conflicting>> ShowDomainProof(
        Guid id,
        ChangeTenant change,
        CancellationToken cancel
    ) =>
        await change.Find(id, Permissions.TenantsRead, Permissions.PlatformTenantsRead, cancel) is not { } tenant
            ? NoSuchTenant()
        : tenant.CustomDomain is { } domain ? TypedResults.Ok(DomainProof.Of(change.Settings, id, domain))
        : Problems.Conflicting("The tenant has asked for no domain of its own.");

    /// <summary>Asks the DNS, outside any transaction, and lets the domain count where the record is there.</summary>
    public static async Task<Results<Ok<TenantDocument>, Missing, Conflicting, Stale, Unavailable>> VerifyDomain(
        Guid id,
        ChangeTenant change,
        IDnsTexts dns,
        CancellationToken cancel
    )
    {
        if (
            await change.Find(id, Permissions.TenantsManage, Permissions.PlatformTenantsManage, cancel) is not { } found
        )
            return NoSuchTenant();
        if (found.CustomDomain is not { } domain)
            return Problems.Conflicting("The tenant has asked for no domain of its own.", "custom_domain");
        var proof = DomainProof.Of(change.Settings, id, domain);
        try
        {
            if (!(await dns.Of(proof.Name, cancel)).Contains(proof.Value, StringComparer.Ordinal))
                return Problems.Conflicting(
                    $"There is no TXT record {proof.Name} that says {proof.Value}. A new record can take a while to be seen.",
                    "custom_domain"
                );
        }
        catch (DnsResponseException)
        {
            return Problems.Unavailable(Problems.DependencyUnavailable, TimeSpan.FromSeconds(30));
        }
        return await change.Of(
            id,
            Permissions.TenantsManage,
            Permissions.PlatformTenantsManage,
            tenant =>
            {
                if (tenant.CustomDomain != domain)
                    return Problems.Conflicting("Another domain was asked for meanwhile.", "custom_domain");
                tenant.CustomDomainVerifiedAt ??= change.Now;
                return null;
            },
            cancel
        ) switch
        {
            (_, Missing missing) => missing,
            (_, Conflicting conflicting) => conflicting,
            (_, Stale stale) => stale,
            var (tenant, _) => TypedResults.Ok(tenant!),
        };
    }

    private ServiceSettings Settings { get; } = settings;

    private DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>Of the transaction. The database lets nobody else say when a tenant was deleted: from then on its log can go.</summary>
    private DateTimeOffset DatabaseTime { get; set; }

    private Refusal? Apply(Request body, Tenant tenant)
    {
        var isPlatform = context.SignedIn.May(Permissions.PlatformTenantsManage);
        if (body.Slug is not null && body.Slug != tenant.Slug)
            return Problems.Conflicting("A slug is for ever: addresses and tokens name it.", "slug");
        if (!isPlatform && body.SubscriptionTier is { } tier && tier != tenant.SubscriptionTier)
            return Problems.Denied(Problems.PermissionDenied, "subscription_tier is changed by the platform alone.");
        if (!isPlatform && body.RateLimitPerMinute is { } rate && rate != tenant.RateLimitPerMinute)
            return Problems.Denied(
                Problems.PermissionDenied,
                "rate_limit_per_minute is changed by the platform alone."
            );
        if (!isPlatform && body.IsActive is { } active && active != tenant.IsActive)
            return Problems.Denied(Problems.PermissionDenied, "is_active is changed by the platform alone.");
        if (tenant.Slug == Tenant.PlatformSlug && body.IsActive == false)
            return Problems.Conflicting("The platform cannot be switched off from within.", "is_active");
        if (tenant.DeletedAt is not null)
            return Problems.Conflicting("The tenant is deleted: bring it back first.");

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
            .. (body.AllowedOrigins ?? []).Select(origin => origin.ToLowerInvariant()).Distinct(StringComparer.Ordinal),
        ];
        (tenant.SenderName, tenant.SenderAddress) = (body.SenderName, body.SenderAddress);
        tenant.Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : tenant.Metadata;
        return null;
    }

    /// <param name="id">the tenant</param>
    /// <param name="own">what it takes in the own tenant; null: the platform alone may</param>
    /// <param name="platform">what it takes anywhere</param>
    /// <param name="alter">makes the change; what it answers is a refusal and undoes it</param>
    /// <param name="cancel">undoes it too</param>
    private async Task<(TenantDocument? Tenant, Refusal? Refusal)> Of(
        Guid id,
        string? own,
        string platform,
        Func<Tenant, Refusal?> alter,
        CancellationToken cancel
    )
    {
        if (!May(id, own, platform))
            return (null, NoSuchTenant());
        // A door: platform administration acts as the tenant that it changes.
        if (id != context.TenantId)
            db.For(id);
        await using var transaction = await db.Begin(cancel);
        // Who waits behind the switching off of their tenant changes nothing of it any more.
        await db.Lock($"SELECT FROM tenants WHERE id = {id} FOR UPDATE", cancel);
        if (await db.Set<Tenant>().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel) is not { } tenant)
            return (null, NoSuchTenant());
        if (!ETag.Holds(accessor.HttpContext!, tenant.Version))
            return (null, new Stale());
        if (own is null)
            DatabaseTime = await db
                .Database.SqlQuery<DateTimeOffset>($"""SELECT now() AS "Value" """)
                .SingleAsync(cancel);
        if (alter(tenant) is { } refusal)
            return (null, refusal);

        tenant.UpdatedAt = Now;
        audit.Add(db, id);
        await db.SaveChangesAsync(cancel);
        if (id != context.TenantId)
        {
            await db.ActAs(context.TenantId, cancel);
            audit.Add(db, id);
            await db.SaveChangesAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        directory.Forget(id);
        accessor.HttpContext!.Response.GetTypedHeaders().ETag = ETag.Of(tenant.Version);
        return (TenantDocument.Of(tenant), null);
    }

    private async Task<Tenant?> Find(Guid id, string own, string platform, CancellationToken cancel)
    {
        if (!May(id, own, platform))
            return null;
        if (id != context.TenantId)
            db.For(id);
        return await db.Set<Tenant>().AsNoTracking().SingleOrDefaultAsync(tenant => tenant.Id == id, cancel);
    }

    /// <summary>Who may not look at another tenant does not learn that it is there.</summary>
    private bool May(Guid id, string? own, string platform) =>
        context.SignedIn.May(platform) || (id == context.TenantId && own is not null && context.SignedIn.May(own));

    internal static Missing NoSuchTenant() => Problems.Missing("There is no such tenant.");
}

/// <summary>Origins of browsers: scheme, host and port, nothing else.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OriginListAttribute()
    : ValidationAttribute("must be at most 50 origins, like https://app.example.com")
{
    public override bool IsValid(object? value) =>
        value is not IReadOnlyList<string> origins || (origins.Count <= 50 && origins.All(ServiceSettings.IsOrigin));
}
