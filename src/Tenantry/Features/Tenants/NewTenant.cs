using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>What a tenant is born with: its row and its system roles.</summary>
public static class NewTenant
{
    /// <summary>Adds tenant and roles to the change that is being made; <paramref name="db"/> sees the new tenant already.</summary>
    /// <returns>the ids of the system roles by name</returns>
    /// <exception cref="ArgumentException">nobody may have the slug: whoever takes one from outside has to say so first</exception>
    public static async Task<IReadOnlyDictionary<string, Guid>> Add(
        TenantDb db,
        Tenant tenant,
        CancellationToken cancel
    )
    {
        if (tenant.Slug != Tenant.PlatformSlug && !TenantSlug.IsFree(tenant.Slug))
            throw new ArgumentException(
                $"The slug '{tenant.Slug}' is reserved, or no label of a host name.",
                nameof(tenant)
            );
        db.Add(tenant);
        var permissions = await db.Set<Permission>()
            .ToDictionaryAsync(permission => permission.Name, permission => permission.Id, cancel);
        var roles = new Dictionary<string, Guid>(StringComparer.Ordinal);
        IEnumerable<SystemRole> systemRoles =
            tenant.Slug == Tenant.PlatformSlug
                ? SystemRoles.OfEveryTenant.Append(SystemRoles.OfThePlatform)
                : SystemRoles.OfEveryTenant;
        foreach (var definition in systemRoles)
        {
            var role = new Role
            {
                TenantId = tenant.Id,
                Name = definition.Name,
                Description = definition.Description,
                ParentId = definition.Holds is { } below ? roles[below] : null,
                IsSystemRole = true,
                CreatedAt = tenant.CreatedAt,
                UpdatedAt = tenant.CreatedAt,
            };
            db.Add(role);
            db.AddRange(
                definition.Adds.Select(name => new RolePermission
                {
                    TenantId = tenant.Id,
                    RoleId = role.Id,
                    PermissionId = permissions[name],
                })
            );
            roles.Add(role.Name, role.Id);
        }
        return roles;
    }
}
