using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Roles;

/// <summary>
/// Roles, under <c>/api/v1/roles</c>, and the permissions that exist, under <c>/api/v1/permissions</c>.
/// </summary>
public static class RolesEndpoints
{
    public static void AddRoles(this IServiceCollection services) =>
        services.AddScoped<RoleChange>().AddScoped<RoleCache>().AddSingleton<RoleJson>();

    public static void MapRoles(this IEndpointRouteBuilder api)
    {
        var roles = api.MapGroup("/roles").WithTags("Roles");
        roles
            .MapGet("/", ListRoles.Handle)
            .Requires(Permissions.RolesRead)
            .WithoutValidation()
            .WithSummary("List roles")
            .WithDescription(
                "Returns the roles of the tenant, newest first. Each role lists its permissions and the role that each permission comes from."
            );
        roles
            .MapPost("/", CreateRole.Handle)
            .ChecksBody<CreateRole.Request>(
                (body, _, errors) => RoleChange.AddFaults(body.Name, body.Permissions, errors)
            )
            .Requires(Permissions.RolesManage)
            .Audited("role.created")
            .Idempotent()
            .WithSummary("Create a role")
            .WithDescription(
                "Creates a role, optionally built on a parent role (`parent_id`). You cannot grant a permission that you do not have. The name must not look like the name of another role or of a system role."
            );
        roles
            .MapGet("/{id:guid}", GetRole.Handle)
            .Requires(Permissions.RolesRead)
            .WithSummary("Get a role")
            .WithDescription("Returns the role, its permissions, and the role that each permission comes from.");
        roles
            .MapPut("/{id:guid}", UpdateRole.Handle)
            .ChecksBody<UpdateRole.Request>(
                (body, _, errors) => RoleChange.AddFaults(body.Name, body.Permissions, errors)
            )
            .Requires(Permissions.RolesManage)
            .Audited("role.changed")
            .WithSummary("Update a role")
            .WithDescription(
                "Replaces the role's name, description, parent and permissions. The change applies to all users with the role within a second. System roles cannot be changed. You need every permission that the role has before and after the change."
            );
        roles
            .MapDelete("/{id:guid}", DeleteRole.Handle)
            .Requires(Permissions.RolesManage)
            .Audited("role.deleted")
            .WithSummary("Delete a role")
            .WithDescription(
                "Deletes a role that is assigned to no user and is the parent of no other role. System roles cannot be deleted."
            );
        roles
            .MapPost("/{id:guid}/permissions", AddRolePermission.Handle)
            .Requires(Permissions.RolesManage)
            .Audited("role.permission_added")
            .WithSummary("Add a permission to a role")
            .WithDescription(
                "Adds the permission with this name and returns the role. Adding a permission that the role already has changes nothing."
            );
        roles
            .MapDelete("/{id:guid}/permissions/{permissionId:guid}", RemoveRolePermission.Handle)
            .Requires(Permissions.RolesManage)
            .Audited("role.permission_taken")
            .WithSummary("Remove a permission from a role")
            .WithDescription(
                "Removes one of the role's own permissions. A permission that comes from the parent role cannot be removed here."
            );
        roles
            .MapPost("/{id:guid}/preview", PreviewRole.Handle)
            .Requires(Permissions.RolesManage)
            .NotAudited("changes nothing")
            .Costs(5)
            .ThroughGate(gates => gates.Previews)
            .WithSummary("Preview a role change")
            .WithDescription(
                "Returns the users who would gain or lose permissions if the role had this parent and these permissions. Nothing is changed. E-mail addresses are shown to callers with `users:read`; other callers see ids only."
            );

        api.MapGet("/permissions", ListPermissions.Handle)
            .Requires(Permissions.RolesRead)
            .WithTags("Roles")
            .WithSummary("List permissions")
            .WithDescription("Returns all permissions that a role can have, newest first.");
    }
}
