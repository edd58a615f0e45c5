using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Explains why a user has a permission, or does not have it.</summary>
public static class ExplainAccess
{
    /// <param name="UserId">The user's id.</param>
    /// <param name="Permission">The permission's name.</param>
    /// <param name="Allowed">Whether a request of this user that needs the permission would be allowed.</param>
    /// <param name="Reason">The reason, as a sentence.</param>
    /// <param name="Ways">The user's roles that grant the permission.</param>
    /// <param name="AsOf">The time of this result.</param>
    public sealed record Response(
        Guid UserId,
        string Permission,
        bool Allowed,
        string Reason,
        IReadOnlyList<GrantingRole> Ways,
        DateTimeOffset AsOf
    ) : IExample<Response>
    {
        public static Response Example =>
            new(
                UserDocument.Example.Id,
                Permissions.UsersRead,
                true,
                "The role Manager grants the permission.",
                [new GrantingRole(UserDocument.Example.Roles[0].Id, "Manager", ["Manager", "User", "Viewer"])],
                UserDocument.Example.UpdatedAt
            );
    }

    /// <param name="RoleId">The id of a role that is assigned to the user.</param>
    /// <param name="Role">The role's name.</param>
    /// <param name="Chain">
    /// The names from this role through its parents to the role that has the permission itself.
    /// </param>
    public sealed record GrantingRole(Guid RoleId, string Role, IReadOnlyList<string> Chain);

    public static async Task<Results<Ok<Response>, Invalid, Denied, Missing>> Handle(
        [FromQuery(Name = "user_id"), Description("The user's id.")] Guid? userId,
        [FromQuery, Description("The permission's name, for example `users:read`.")] string? permission,
        TenantContext context,
        TenantDb db,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (userId is null)
            return Problems.Invalid("user_id", "is needed");
        if (Permissions.All.All(existing => existing.Name != permission))
            return Problems.Invalid("permission", "does not exist: GET /permissions lists all permissions");
        // The answer discloses that the user exists, their roles, and whether they are active: it needs users:read.
        if (userId != context.SignedIn.UserId && !context.SignedIn.Has(Permissions.UsersRead))
            return Problems.Denied(
                Problems.PermissionDenied,
                $"You do not have {Permissions.UsersRead}. Without it, you can only use your own user id."
            );
        if (
            await UserDocument
                .WithRoles(db, db.Set<User>().Where(user => user.Id == userId))
                .SingleOrDefaultAsync(cancel)
            is not { } found
        )
            return Problems.Missing("There is no such user.");

        var roles = await RoleHierarchy.Load(db, cancel);
        var granting = found
            .Roles.Where(role => roles.PermissionsOf(role.Id).Contains(permission!))
            .Select(role => new GrantingRole(role.Id, role.Name, ChainFrom(role.Id)))
            .ToList();
        var allowed = granting.Count > 0 && found.User is { IsActive: true, IsInvited: false };
        return TypedResults.Ok(new Response(userId.Value, permission!, allowed, Reason(), granting, clock.GetUtcNow()));

        // Ends at the role that has the permission itself.
        List<string> ChainFrom(Guid role)
        {
            var chain = roles.ChainOf(role).ToList();
            return
            [
                .. chain
                    .Take(chain.FindIndex(one => roles.OwnOf(one.Id).Any(own => own.Name == permission)) + 1)
                    .Select(one => one.Name),
            ];
        }

        string Reason() =>
            (granting.Count, found.User) switch
            {
                (0, _) when found.Roles.Count == 0 => "The user has no role.",
                (0, _) =>
                    $"None of the user's roles grants the permission: {string.Join(", ", found.Roles.Select(role => role.Name))}.",
                (_, { IsActive: false }) => "A role grants the permission, but the user is deactivated.",
                (_, { IsInvited: true }) =>
                    "A role grants the permission, but the user has not accepted the invitation yet.",
                (1, _) => $"The role {granting[0].Role} grants the permission.",
                _ => $"The roles {string.Join(" and ", granting.Select(role => role.Role))} grant the permission.",
            };
    }
}
