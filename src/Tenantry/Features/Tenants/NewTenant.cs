using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Settings;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Tenants;

/// <summary>Adds a new tenant with its system roles.</summary>
public static class NewTenant
{
    /// <summary>
    /// Adds the rows to <paramref name="db"/>, which already acts as the new tenant. The caller saves them.
    /// </summary>
    /// <returns>the ids of the system roles by name</returns>
    /// <exception cref="ArgumentException">
    /// the slug is reserved or malformed; callers validate a slug from outside first
    /// </exception>
    public static async Task<IReadOnlyDictionary<string, Guid>> Add(
        TenantDb db,
        Tenant tenant,
        CancellationToken cancel
    )
    {
        if (tenant.Slug != Tenant.PlatformSlug && !TenantSlug.IsFree(tenant.Slug))
            throw new ArgumentException(
                $"The slug '{tenant.Slug}' is reserved, or is not a valid host name label.",
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
