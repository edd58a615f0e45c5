using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>A permission that a role holds.</summary>
/// <param name="Id">To take it away by.</param>
/// <param name="Name"><c>resource:action</c></param>
/// <param name="From">The role below that brings it; null where the role has it itself.</param>
public sealed record HeldPermission(Guid Id, string Name, string? From);

/// <summary>A role, as the API shows one.</summary>
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
                    .Held(role.Id)
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
