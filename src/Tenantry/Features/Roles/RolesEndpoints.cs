using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Auditing;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Concurrency;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;
using Tenantry.Foundation.Traffic.Limits;

namespace Tenantry.Features.Roles;

/// <summary>Roles, under <c>/api/v1/roles</c>, and the catalogue of what they can hold, under <c>/api/v1/permissions</c>.</summary>
public static class RolesEndpoints
{
    /// <summary>A line of the catalogue.</summary>
    public sealed record PermissionDocument(Guid Id, string Name, string Description, string Resource, string Action)
        : IExample<PermissionDocument>
    {
        public static PermissionDocument Example =>
            new(
                RoleDocument.Example.Permissions[0].Id,
                Permissions.NotificationsSend,
                "Send e-mail, SMS and push",
                "notifications",
                "send"
            );
    }

    public static void AddRoles(this IServiceCollection services) =>
        services.AddScoped<ChangeRole>().AddScoped<RoleCache>().AddSingleton<WrittenRoles>();

    public static void MapRoles(this IEndpointRouteBuilder api)
    {
        var roles = api.MapGroup("/roles").WithTags("Roles");
        roles
            .MapGet("/", List)
            .Requires(Permissions.RolesRead)
            .HasNothingToValidate()
            .WithSummary("List roles")
            .WithDescription(
                "Newest first, with all that each holds and from where. `name` matches exactly, `is_system_role` tells those that every tenant has."
            );
        roles
            .MapPost("/", ChangeRole.Make)
            .Requires(Permissions.RolesManage)
            .Audited("role.created")
            .Idempotent()
            .WithSummary("Make a role")
            .WithDescription(
                "Built on another (`parent_id`), or on none. It can hold nothing that you lack. Its name must not read like that of another role, or of a system role."
            );
        roles
            .MapGet("/{id:guid}", Read)
            .Requires(Permissions.RolesRead)
            .WithSummary("Read a role")
            .WithDescription("With all that it holds, and from where.");
        roles
            .MapPut("/{id:guid}", ChangeRole.Replace)
            .Requires(Permissions.RolesManage)
            .Audited("role.changed")
            .WithSummary("Change a role")
            .WithDescription(
                "Counts within a second for everybody who has it. Not a system role, and nothing that you lack."
            );
        roles
            .MapDelete("/{id:guid}", ChangeRole.Delete)
            .Requires(Permissions.RolesManage)
            .Audited("role.deleted")
            .WithSummary("Delete a role")
            .WithDescription("One that nobody has and no other is built on. Not a system role.");
        roles
            .MapPost("/{id:guid}/permissions", ChangeRole.AddPermission)
            .Requires(Permissions.RolesManage)
            .Audited("role.permission_added")
            .WithSummary("Add a permission to a role")
            .WithDescription("By its name. One that the role has already changes nothing.");
        roles
            .MapDelete("/{id:guid}/permissions/{permissionId:guid}", ChangeRole.TakePermission)
            .Requires(Permissions.RolesManage)
            .Audited("role.permission_taken")
            .WithSummary("Take a permission from a role")
            .WithDescription("One that the role has itself; what comes from the role below stays.");
        roles
            .MapPost("/{id:guid}/preview", PreviewRole.Handle)
            .Requires(Permissions.RolesManage)
            .NotAudited("changes nothing")
            .Costs(5)
            .InTurns(gates => gates.Previews)
            .WithSummary("What would a change of a role do")
            .WithDescription(
                "Who would gain or lose what, with these permissions and this role below. Nothing is written. Addresses are shown to holders of `users:read`, ids to others."
            );

        api.MapGet("/permissions", ListPermissions)
            .Requires(Permissions.RolesRead)
            .WithTags("Roles")
            .WithSummary("List permissions")
            .WithDescription("All that a role can hold, newest first.");
    }

    private static async Task<WrittenPage<RoleDocument>> List(
        PageRequest page,
        [FromQuery] string? name,
        [FromQuery(Name = "is_system_role")] bool? isSystemRole,
        RoleCache known,
        WrittenRoles written,
        HttpContext http,
        CancellationToken cancel
    )
    {
        // All of them are read to tell what each holds; they are few.
        var roles = await known.Get(cancel);
        var chosen = roles.NewestFirst.Where(role =>
            (page.After is not { } after || role.Id.CompareTo(after) < 0)
            && (name is null || role.Name == name)
            && (isSystemRole is null || role.IsSystemRole == isSystemRole)
        );
        var cut = page.Cut([.. chosen.Take(page.Limit + 1)], role => role.Id, http);
        return new([.. cut.Items.Select(role => written.Of(role, roles))], cut.NextCursor);
    }

    private static async Task<Results<Ok<RoleDocument>, NotModified, Missing>> Read(
        Guid id,
        RoleCache known,
        WrittenRoles written,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var roles = await known.Get(cancel);
        if (roles.ById(id) is not { } role)
            return Problems.Missing("There is no such role.");
        return ETag.IsKnown(http, written.TagOf(role, roles))
            ? new NotModified()
            : TypedResults.Ok(RoleDocument.Of(role, roles));
    }

    private static async Task<Ok<Page<PermissionDocument>>> ListPermissions(
        PageRequest page,
        [FromQuery] string? resource,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        var rows = await db.Set<Permission>()
            .AsNoTracking()
            .Where(permission =>
                (page.After == null || permission.Id < page.After)
                && (resource == null || permission.Resource == resource)
            )
            .OrderByDescending(permission => permission.Id)
            .Take(page.Limit + 1)
            .Select(permission => new PermissionDocument(
                permission.Id,
                permission.Name,
                permission.Description,
                permission.Resource,
                permission.Action
            ))
            .ToListAsync(cancel);
        return TypedResults.Ok(page.Cut(rows, permission => permission.Id, http));
    }
}
