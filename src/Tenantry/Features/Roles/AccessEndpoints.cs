using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Why somebody may do something, or may not.</summary>
public static class AccessEndpoints
{
    /// <param name="UserId">Whom it is about.</param>
    /// <param name="Permission">What for.</param>
    /// <param name="Allowed">Whether a request of this user for this permission would pass.</param>
    /// <param name="Reason">In words.</param>
    /// <param name="Ways">Each assigned role that brings it, with the chain down to the role that has it itself.</param>
    /// <param name="AsOf">The answer is of this moment.</param>
    public sealed record Explanation(
        Guid UserId,
        string Permission,
        bool Allowed,
        string Reason,
        IReadOnlyList<Way> Ways,
        DateTimeOffset AsOf
    ) : IExample<Explanation>
    {
        public static Explanation Example =>
            new(
                UserDocument.Example.Id,
                Permissions.UsersRead,
                true,
                "The role Manager brings it.",
                [new Way(UserDocument.Example.Roles[0].Id, "Manager", ["Manager", "User", "Viewer"])],
                UserDocument.Example.UpdatedAt
            );
    }

    public sealed record Way(Guid RoleId, string Role, IReadOnlyList<string> Chain);

    public static void MapAccess(this IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("/access").WithTags("Roles");
        access
            .MapGet("/explain", Explain)
            .Requires(Permissions.RolesRead)
            .WithSummary("Why may a user do something")
            .WithDescription(
                "Allowed or not, through which roles, by which chain. Of others than yourself with `users:read` besides."
            );
    }

    private static async Task<Results<Ok<Explanation>, Invalid, Denied, Missing>> Explain(
        [FromQuery(Name = "user_id")] Guid? userId,
        [FromQuery] string? permission,
        TenantContext context,
        TenantDb db,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        if (userId is null)
            return Problems.Invalid("user_id", "is needed");
        if (Permissions.All.All(known => known.Name != permission))
            return Problems.Invalid("permission", "is not in the catalogue: GET /permissions lists it");
        // It tells whether there is such a user, with which roles, and whether they are active: that is for who may see users.
        if (userId != context.SignedIn.UserId && !context.SignedIn.May(Permissions.UsersRead))
            return Problems.Denied(
                Problems.PermissionDenied,
                $"You lack {Permissions.UsersRead}: without it, ask for yourself alone."
            );
        if (
            await UserDocument
                .WithRoles(db, db.Set<User>().Where(user => user.Id == userId))
                .SingleOrDefaultAsync(cancel)
            is not { } found
        )
            return Problems.Missing("There is no such user.");

        var roles = await RoleHierarchy.Of(db, cancel);
        var ways = found
            .Roles.Where(role => roles.PermissionsOf(role.Id).Contains(permission!))
            .Select(role => new Way(role.Id, role.Name, Down(role.Id)))
            .ToList();
        var allowed = ways.Count > 0 && found.User is { IsActive: true, IsInvited: false };
        return TypedResults.Ok(new Explanation(userId.Value, permission!, allowed, Reason(), ways, clock.GetUtcNow()));

        // Down to the role that has it itself, and no further.
        List<string> Down(Guid role)
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
            (ways.Count, found.User) switch
            {
                (0, _) when found.Roles.Count == 0 => "The user has no role.",
                (0, _) => $"No role of the user brings it: {string.Join(", ", found.Roles.Select(role => role.Name))}.",
                (_, { IsActive: false }) => "A role would bring it, but the user is switched off.",
                (_, { IsInvited: true }) => "A role will bring it, once the user has accepted the invitation.",
                _ => $"The role {string.Join(" and the role ", ways.Select(way => way.Role))} brings it.",
            };
    }
}
