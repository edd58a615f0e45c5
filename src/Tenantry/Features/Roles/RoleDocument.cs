using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>A permission of a role.</summary>
/// <param name="Id">The permission's id. It is used to remove the permission from the role.</param>
/// <param name="Name">The permission's name: <c>resource:action</c>.</param>
/// <param name="From">The name of the parent role that has the permission; null if the role has it itself.</param>
public sealed record HeldPermission(Guid Id, string Name, string? From);

/// <summary>A role.</summary>
/// <param name="Id">The role's id.</param>
/// <param name="Name">The role's name. It is unique in the tenant.</param>
/// <param name="Description">What the role is for.</param>
/// <param name="IsSystemRole">Whether every tenant has this role. System roles cannot be changed.</param>
/// <param name="ParentId">The parent role's id; null if there is no parent.</param>
/// <param name="Permissions">All permissions of the role: its own, and those of its parents.</param>
/// <param name="CreatedAt">When the role was created.</param>
/// <param name="UpdatedAt">When the role was last changed.</param>
public sealed record RoleDocument(
    Guid Id,
    string Name,
    string? Description,
    bool IsSystemRole,
    Guid? ParentId,
    IReadOnlyList<HeldPermission> Permissions,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IExample<RoleDocument>
{
    public static RoleDocument Of(Role role, RoleHierarchy roles) =>
        new(
            role.Id,
            role.Name,
            role.Description,
            role.IsSystemRole,
            role.ParentId,
            [
                .. roles
                    .EffectivePermissions(role.Id)
                    .Select(held => new HeldPermission(
                        held.Permission.Id,
                        held.Permission.Name,
                        held.By.Id == role.Id ? null : held.By.Name
                    )),
            ],
            role.CreatedAt,
            role.UpdatedAt
        );

    public static RoleDocument Example =>
        new(
            Guid.Parse("019a8f3e-5c00-7e21-a1b2-c3d4e5f60718"),
            "Support",
            "Answers questions",
            false,
            Guid.Parse("019a8f3e-5b00-7e21-a1b2-c3d4e5f60718"),
            [
                new HeldPermission(
                    Guid.Parse("019a8f3e-4a00-7e21-a1b2-c3d4e5f60718"),
                    Foundation.Security.Access.Permissions.NotificationsSend,
                    null
                ),
                new HeldPermission(
                    Guid.Parse("019a8f3e-4b00-7e21-a1b2-c3d4e5f60718"),
                    Foundation.Security.Access.Permissions.UsersRead,
                    SystemRoles.Viewer
                ),
            ],
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.Zero)
        );
}
