using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Messaging;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Creates a tenant with its system roles and invites its first Admin, in one transaction.</summary>
public static class CreateTenant
{
    /// <param name="Name">The tenant's name, as people read it.</param>
    /// <param name="Slug">The tenant's short name in addresses and headers. It can never change.</param>
    /// <param name="CustomDomain">The tenant's own host name. It must be verified before it is used.</param>
    /// <param name="SubscriptionTier">
    /// The tier, which sets rate limits and quotas. If omitted, it is <c>free</c>.
    /// </param>
    /// <param name="Metadata">A JSON object for your own use.</param>
    /// <param name="Admin">The tenant's first Admin, who gets an invitation by e-mail.</param>
    public sealed record Request(
        [RequiredMember, ShortText(200)] string? Name,
        [RequiredMember, Slug, NotReserved] string? Slug,
        [Domain] string? CustomDomain,
        SubscriptionTier? SubscriptionTier,
        [FreeObject(16 * 1024)] JsonElement? Metadata,
        [RequiredMember] FirstAdmin? Admin
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "Acme",
                "acme",
                null,
                Foundation.Data.Tenancy.SubscriptionTier.Standard,
                JsonElement.Parse("""{"crm_id":"4711"}"""),
                new FirstAdmin("grace@acme.example", "Grace", "Hopper", null)
            );
    }

    /// <param name="Email">The user's e-mail address.</param>
    /// <param name="FirstName">The user's first name.</param>
    /// <param name="LastName">The user's last name.</param>
    /// <param name="Phone">The user's phone number in international form (E.164).</param>
    public sealed record FirstAdmin(
        [RequiredMember, Email] string? Email,
        [RequiredMember, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName,
        [PhoneNumber] string? Phone
    );

    public static async Task<Results<Created<TenantDocument>, Invalid, Conflicting>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        TenantChange change,
        Outbox outbox,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var tenant = new Tenant
        {
            Name = body.Name!,
            Slug = body.Slug!,
            CustomDomain = body.CustomDomain,
            SubscriptionTier = body.SubscriptionTier ?? SubscriptionTier.Free,
            Metadata = body.Metadata is { ValueKind: JsonValueKind.Object } metadata
                ? metadata
                : JsonElement.Parse("{}"),
            CreatedAt = now,
            UpdatedAt = now,
        };
        var admin = new User
        {
            TenantId = tenant.Id,
            Email = body.Admin!.Email!,
            EmailNormalized = EmailAddress.Key(body.Admin.Email!),
            FirstName = body.Admin.FirstName,
            LastName = body.Admin.LastName,
            Phone = body.Admin.Phone,
            CreatedAt = now,
            UpdatedAt = now,
        };

        await using var transaction = await db.Begin(cancel);
        // Cross-tenant access: the rows of the new tenant are written as the new tenant.
        await db.ActAs(tenant.Id, cancel);
        var roles = await NewTenant.Add(db, tenant, cancel);
        db.Add(admin);
        db.Add(
            new UserRole
            {
                TenantId = tenant.Id,
                UserId = admin.Id,
                RoleId = roles[SystemRoles.Admin],
                AssignedAt = now,
            }
        );
        await Invitation.Add(db, outbox, tenant.Name, admin, now, cancel);
        audit.Add(db, tenant.Id);
        await db.SaveChangesAsync(cancel);

        // The platform's log gets the anchor too. Attack: someone who can write to the database replaces the tenant by
        // a new one with another log. The heads of the platform's log are signed, so this cannot be hidden.
        var anchor = await db
            .Database.SqlQuery<byte[]>($"""SELECT audit_anchor AS "Value" FROM tenants WHERE id = {tenant.Id}""")
            .SingleAsync(cancel);
        await db.ActAs(context.TenantId, cancel);
        audit.Add(
            db,
            tenant.Id,
            details: JsonSerializer.SerializeToElement(new { audit_anchor = Convert.ToHexStringLower(anchor) })
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);

        change.Publish(tenant);
        return TypedResults.Created($"{settings.ApiPath}/tenants/{tenant.Id}", TenantDocument.Of(tenant));
    }
}

/// <summary>
/// Slugs become host names. Reserved are the platform's own names, and names that mislead people or programs.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotReservedAttribute() : ValidationAttribute("is reserved")
{
    public override bool IsValid(object? value) => value is not string slug || !TenantSlug.IsReserved(slug);
}
