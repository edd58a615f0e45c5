using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Deletes a role that no user has and that is the parent of no other role.</summary>
public static class DeleteRole
{
    public static async Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The role's id.")] Guid id,
        TenantDb db,
        RoleChange change,
        RoleCache cache,
        AuditTrail audit,
        CancellationToken cancel
    )
    {
        await using var transaction = await db.Begin(cancel);
        var roles = await RoleHierarchy.Lock(db, cancel);
        switch (change.CheckExisting(id, roles))
        {
            case Missing missing:
                return missing;
            case Denied denied:
                return denied;
            case Conflicting conflicting:
                return conflicting;
            case Stale stale:
                return stale;
        }
        if (await db.Set<UserRole>().AnyAsync(assigned => assigned.RoleId == id, cancel))
            return Problems.Conflicting("The role is assigned to users. Remove it from them first.");
        if (roles.All.Any(role => role.ParentId == id))
            return Problems.Conflicting("The role is the parent of another role. Change or delete that role first.");
        await db.Set<Role>().Where(role => role.Id == id).ExecuteDeleteAsync(cancel);
        audit.Add(
            db,
            id,
            changes: new Dictionary<string, FieldChange>(
                RoleChange.PermissionChanges(roles.OwnOf(id).Select(permission => permission.Name), [])
            )
            {
                ["name"] = new FieldChange(roles.ById(id)!.Name, null),
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        cache.Invalidate();
        return TypedResults.NoContent();
    }
}
