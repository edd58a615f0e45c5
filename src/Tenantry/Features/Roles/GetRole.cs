using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Returns one role with its permissions.</summary>
public static class GetRole
{
    public static async Task<Results<Ok<RoleDocument>, NotModified, Missing>> Handle(
        [Description("The role's id.")] Guid id,
        RoleCache cache,
        RoleJson json,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var roles = await cache.Get(cancel);
        if (roles.ById(id) is not { } role)
            return RoleChange.NoSuchRole();
        return ETag.IsNotModified(http, json.TagOf(role, roles))
            ? new NotModified()
            : TypedResults.Ok(RoleDocument.Of(role, roles));
    }
}
