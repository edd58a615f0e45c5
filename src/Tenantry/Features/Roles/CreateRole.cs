using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Creates a role. The caller needs every permission that the new role has.</summary>
public static class CreateRole
{
    /// <param name="Name">The role's name. It is unique in the tenant.</param>
    /// <param name="Description">What the role is for.</param>
    /// <param name="ParentId">The parent role's id. The role also has all permissions of its parent.</param>
    /// <param name="Permissions">The names of the role's own permissions, besides those of its parent.</param>
    public sealed record Request(
        [RequiredMember, ShortText(100)] string? Name,
        [ShortText(500)] string? Description,
        Guid? ParentId,
        IReadOnlyList<string>? Permissions
    ) : IExample<Request>
    {
        public static Request Example =>
            new(
                "Support",
                "Answers questions",
                RoleDocument.Example.ParentId,
                [Foundation.Security.Access.Permissions.NotificationsSend]
            );
    }

    public static async Task<Results<Created<RoleDocument>, Invalid, Denied, Conflicting, OverQuota>> Handle(
        Request body,
        TenantContext context,
        TenantDb db,
        RoleChange change,
        AuditTrail audit,
        ServiceSettings settings,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (RoleChange.Check(body.Name, body.Permissions) is { } faults)
            return faults;
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Lock(db, cancel);
        if (roles.All.Count >= settings.RolesPerTenant)
            return Problems.OverQuota(
                $"A tenant can have {settings.RolesPerTenant} roles, and this tenant has {roles.All.Count}. Delete a role first.",
                new QuotaUse("roles", roles.All.Count, settings.RolesPerTenant)
            );
        switch (RoleChange.CheckName(body.Name!, null, roles) ?? RoleChange.CheckParent(roles, null, body.ParentId))
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
        }
        var catalogue = await change.Catalogue(cancel);
        var permissions = body.Permissions ?? [];
        if (RoleChange.CheckKnown("permissions", permissions, catalogue.Keys) is { } unknown)
            return unknown;
        if (change.CheckHeld(permissions.Concat(RoleChange.InheritedFrom(body.ParentId, roles))) is { } denied)
            return denied;

        var now = clock.GetUtcNow();
        var role = new Role
        {
            TenantId = context.TenantId,
            Name = body.Name!,
            Description = body.Description,
            ParentId = body.ParentId,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Add(role);
        db.AddRange(
            permissions.Distinct(StringComparer.Ordinal).Select(name => change.Grant(role.Id, catalogue[name]))
        );
        audit.Add(db, role.Id, changes: RoleChange.PermissionChanges([], permissions));
        await db.SaveChangesAsync(cancel);
        var document = await change.Commit(transaction, role, cancel);
        return TypedResults.Created($"{settings.ApiPath}/roles/{role.Id}", document);
    }
}
