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

/// <summary>Makes a tenant with its system roles and invites its first Admin: all of it, or nothing.</summary>
public static class CreateTenant
{
    public sealed record Request(
        [Needed, ShortText(200)] string? Name,
        [Needed, Slug, NotReserved] string? Slug,
        [Domain] string? CustomDomain,
        SubscriptionTier? SubscriptionTier,
        [FreeObject(16 * 1024)] JsonElement? Metadata,
        [Needed] FirstAdmin? Admin
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

    public sealed record FirstAdmin(
        [Needed, Email] string? Email,
        [Needed, ShortText(100)] string? FirstName,
        [ShortText(100)] string? LastName,
        [PhoneNumber] string? Phone
    );

    public static async Task<Results<Created<TenantDocument>, Invalid, Conflicting>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        TenantDirectory directory,
        Outbox outbox,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        HttpContext http,
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
            EmailNormalized = User.Normalize(body.Admin.Email!),
            FirstName = body.Admin.FirstName,
            LastName = body.Admin.LastName,
            Phone = body.Admin.Phone,
            CreatedAt = now,
            UpdatedAt = now,
        };

        await using var transaction = await db.Begin(cancel);
        // A door: the new tenant's rows are written as the new tenant.
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
        await Invitation.Send(db, outbox, tenant.Name, admin, now, cancel);
        audit.Add(db, tenant.Id);
        await db.SaveChangesAsync(cancel);

        // In the platform's log too: there it is signed, out of reach of whoever would make the tenant anew with another log.
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

        directory.Forget(tenant.Id);
        http.Response.GetTypedHeaders().ETag = ETag.Of(tenant.Version);
        return TypedResults.Created($"{settings.ApiPath}/tenants/{tenant.Id}", TenantDocument.Of(tenant));
    }
}

/// <summary>Slugs become host names: some of these are the platform's own, some would fool people or programs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class NotReservedAttribute() : ValidationAttribute("is reserved")
{
    public override bool IsValid(object? value) => value is not string slug || !TenantSlug.IsReserved(slug);
}
