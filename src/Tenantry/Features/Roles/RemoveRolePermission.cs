using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Roles;

/// <summary>
/// Removes one permission from a role's own permissions. Permissions of its parent cannot be removed here.
/// </summary>
public static class RemoveRolePermission
{
    public static async Task<Results<NoContent, Invalid, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The role's id.")] Guid id,
        [Description("The permission's id.")] Guid permissionId,
        RoleChange change,
        CancellationToken cancel
    )
    {
        var answer = await change.Apply(
            id,
            "permission",
            (_, own) =>
                own.Any(permission => permission.Id == permissionId)
                    ? own.Where(permission => permission.Id != permissionId).Select(permission => permission.Name)
                    : null,
            cancel
        );
        return answer.Result switch
        {
            Invalid invalid => invalid,
            Missing missing => missing,
            Denied denied => denied,
            Conflicting conflicting => conflicting,
            Stale stale => stale,
            _ => TypedResults.NoContent(),
        };
    }
}
