using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Adds one permission to a role's own permissions.</summary>
public static class AddRolePermission
{
    /// <param name="Permission">The permission's name, for example <c>users:read</c>.</param>
    public sealed record Request([RequiredMember] string? Permission) : IExample<Request>
    {
        public static Request Example => new(Permissions.NotificationsSend);
    }

    public static Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The role's id.")] Guid id,
        Request body,
        RoleChange change,
        CancellationToken cancel
    ) =>
        change.Apply(
            id,
            "permission",
            (_, own) => own.Select(permission => permission.Name).Append(body.Permission!),
            cancel
        );
}
