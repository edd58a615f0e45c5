using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Lists the roles of a tenant with their permissions, newest first.</summary>
public static class ListRoles
{
    public static async Task<CachedPage<RoleDocument>> Handle(
        PageRequest page,
        [FromQuery, Description("Only the role with this name, in any case.")] string? name,
        [FromQuery(Name = "is_system_role"), Description("Only system roles, or only roles that the tenant created.")]
            bool? isSystemRole,
        RoleCache cache,
        RoleJson json,
        HttpContext http,
        CancellationToken cancel
    )
    {
        // All roles are read, because the permissions of one follow from its parents. A tenant has few roles.
        var roles = await cache.Get(cancel);
        var named = name is null ? null : roles.Find(name);
        var matching = roles.NewestFirst.Where(role =>
            (page.After is not { } after || role.Id.CompareTo(after) < 0)
            && (name is null || role == named)
            && (isSystemRole is null || role.IsSystemRole == isSystemRole)
        );
        var cut = page.ToPage([.. matching.Take(page.Limit + 1)], role => role.Id, http);
        return new([.. cut.Items.Select(role => json.Of(role, roles))], cut.NextCursor);
    }
}
