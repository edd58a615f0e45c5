using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Lists the permissions that a role can have, newest first.</summary>
public static class ListPermissions
{
    public static async Task<Ok<Page<PermissionDocument>>> Handle(
        PageRequest page,
        [FromQuery, Description("Only permissions of this resource, for example `users`.")] string? resource,
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
        return TypedResults.Ok(page.ToPage(rows, permission => permission.Id, http));
    }
}

/// <summary>A permission that exists in this version.</summary>
/// <param name="Id">The permission's id.</param>
/// <param name="Name">The permission's name: <c>resource:action</c>.</param>
/// <param name="Description">What the permission allows.</param>
/// <param name="Resource">The part of the name before the colon, for example <c>users</c>.</param>
/// <param name="Action">The part of the name after the colon, for example <c>read</c>.</param>
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
