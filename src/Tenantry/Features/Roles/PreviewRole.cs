using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>Shows which users would gain or lose permissions by a change of a role. Nothing is changed.</summary>
public static class PreviewRole
{
    /// <param name="ParentId">The id of the parent role that the role would have.</param>
    /// <param name="Permissions">The names of the own permissions that the role would have.</param>
    public sealed record Request(Guid? ParentId, [RequiredMember] IReadOnlyList<string>? Permissions)
        : IExample<Request>
    {
        public static Request Example =>
            new(RoleDocument.Example.ParentId, [Foundation.Security.Access.Permissions.UsersRead]);
    }

    /// <param name="Users">The users who would gain or lose permissions, <c>1000</c> at most.</param>
    /// <param name="UserCount">The number of users who would gain or lose permissions.</param>
    public sealed record Response(IReadOnlyList<Effect> Users, int UserCount);

    /// <param name="Id">The user's id.</param>
    /// <param name="Email">The user's e-mail address; null if the caller does not have `users:read`.</param>
    /// <param name="Gains">The names of the permissions that the user would gain.</param>
    /// <param name="Loses">The names of the permissions that the user would lose.</param>
    public sealed record Effect(Guid Id, string? Email, IReadOnlyList<string> Gains, IReadOnlyList<string> Loses);

    private const int MaxUsers = 1000;

    public static async Task<Results<Ok<Response>, Invalid, Missing, Conflicting>> Handle(
        [Description("The role's id.")] Guid id,
        Request body,
        TenantContext context,
        TenantDb db,
        CancellationToken cancel
    )
    {
        var before = await RoleHierarchy.Load(db, cancel);
        if (before.ById(id) is null)
            return RoleChange.NoSuchRole();
        switch (RoleChange.CheckParent(before, id, body.ParentId))
        {
            case Invalid invalid:
                return invalid;
            case Conflicting conflicting:
                return conflicting;
        }
        var catalogue = await db.Set<Permission>()
            .AsNoTracking()
            .ToDictionaryAsync(permission => permission.Name, StringComparer.Ordinal, cancel);
        if (RoleChange.CheckKnown("permissions", body.Permissions!, catalogue.Keys) is { } unknown)
            return unknown;

        var after = before.With(
            id,
            body.ParentId,
            body.Permissions!.Distinct(StringComparer.Ordinal).Select(name => catalogue[name])
        );
        var affected = before.All.Where(role => before.Includes(role.Id, id)).Select(role => role.Id).ToList();
        var holders = await db.Set<User>()
            .AsNoTracking()
            .Where(user =>
                db.Set<UserRole>().Any(assigned => assigned.UserId == user.Id && affected.Contains(assigned.RoleId))
            )
            .OrderBy(user => user.EmailNormalized)
            .Select(user => new
            {
                user.Id,
                user.Email,
                Roles = db.Set<UserRole>()
                    .Where(assigned => assigned.UserId == user.Id)
                    .Select(assigned => assigned.RoleId)
                    .ToList(),
            })
            .ToListAsync(cancel);
        var seesUsers = context.SignedIn.Has(Foundation.Security.Access.Permissions.UsersRead);
        var effects = holders
            .Select(holder =>
            {
                var (had, has) = (PermissionsOf(before, holder.Roles), PermissionsOf(after, holder.Roles));
                return new Effect(
                    holder.Id,
                    seesUsers ? holder.Email : null,
                    [.. has.Except(had)],
                    [.. had.Except(has)]
                );
            })
            .Where(effect => effect.Gains.Count + effect.Loses.Count > 0)
            .ToList();
        return TypedResults.Ok(new Response([.. effects.Take(MaxUsers)], effects.Count));

        static SortedSet<string> PermissionsOf(RoleHierarchy hierarchy, List<Guid> roles) =>
            new(roles.SelectMany(hierarchy.PermissionsOf), StringComparer.Ordinal);
    }
}
