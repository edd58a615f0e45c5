using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Roles;

/// <summary>Replaces a role's name, description, parent and permissions.</summary>
public static class UpdateRole
{
    /// <param name="Name">The role's name. It is unique in the tenant.</param>
    /// <param name="Description">What the role is for.</param>
    /// <param name="ParentId">The parent role's id. The role also has all permissions of its parent.</param>
    /// <param name="Permissions">
    /// The names of the role's own permissions, besides those of its parent. If omitted, they do not change.
    /// </param>
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

    public static async Task<Results<Ok<RoleDocument>, Invalid, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The role's id.")] Guid id,
        Request body,
        RoleChange change,
        CancellationToken cancel
    ) =>
        RoleChange.Check(body.Name, body.Permissions) is { } faults
            ? faults
            : await change.Apply(
                id,
                "permissions",
                (role, own) =>
                {
                    (role.Name, role.Description, role.ParentId) = (body.Name!, body.Description, body.ParentId);
                    return body.Permissions ?? own.Select(permission => permission.Name);
                },
                cancel
            );
}
