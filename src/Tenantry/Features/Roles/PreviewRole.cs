using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Features.Users;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Roles;

/// <summary>What a change of a role would do to the people who have it, before it is made.</summary>
public static class PreviewRole
{
    /// <param name="ParentId">The role below, as it would be.</param>
    /// <param name="Permissions">By name, those that the role would have itself.</param>
    public sealed record Request(Guid? ParentId, [Needed] IReadOnlyList<string>? Permissions) : IExample<Request>
    {
        public static Request Example =>
            new(RoleDocument.Example.ParentId, [Foundation.Security.Access.Permissions.UsersRead]);
    }

    /// <param name="Users">Those who would gain or lose something, at most <c>1000</c>.</param>
    /// <param name="UserCount">How many they are.</param>
    public sealed record Response(IReadOnlyList<Effect> Users, int UserCount);

    /// <param name="Id">Of the user.</param>
    /// <param name="Email">For callers who hold `users:read`; null for others.</param>
    /// <param name="Gains">By name.</param>
    /// <param name="Loses">By name.</param>
    public sealed record Effect(Guid Id, string? Email, IReadOnlyList<string> Gains, IReadOnlyList<string> Loses);

    private const int MostShown = 1000;

    public static async Task<Results<Ok<Response>, Invalid, Missing, Conflicting>> Handle(
        Guid id,
        Request body,
        TenantContext context,
        TenantDb db,
        CancellationToken cancel
    )
    {
        var before = await RoleHierarchy.Of(db, cancel);
        if (before.ById(id) is null)
            return Problems.Missing("There is no such role.");
        if (body.ParentId is { } parent && before.ById(parent) is null)
            return Problems.Invalid("parent_id", "is no role of this tenant");
        if (body.ParentId is { } below && before.Holds(below, id))
            return Problems.Conflicting(
                "The role below holds this one already: they would go round in a circle.",
                "parent_id"
            );
        if (RoleRules.IsTooLong(before, id, body.ParentId))
            return Problems.Conflicting(RoleRules.TooLong, "parent_id");
        var catalogue = await db.Set<Permission>()
            .AsNoTracking()
            .ToDictionaryAsync(permission => permission.Name, StringComparer.Ordinal, cancel);
        if (body.Permissions!.FirstOrDefault(name => !catalogue.ContainsKey(name)) is not null)
            return Problems.Invalid("permissions", "has one that the catalogue does not know");

        var after = before.With(
            id,
            body.ParentId,
            body.Permissions!.Distinct(StringComparer.Ordinal).Select(name => catalogue[name])
        );
        var touched = before.All.Where(role => before.Holds(role.Id, id)).Select(role => role.Id).ToList();
        var holders = await db.Set<User>()
            .AsNoTracking()
            .Where(user =>
                db.Set<UserRole>().Any(assigned => assigned.UserId == user.Id && touched.Contains(assigned.RoleId))
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
        var seesUsers = context.SignedIn.May(Foundation.Security.Access.Permissions.UsersRead);
        var effects = holders
            .Select(holder =>
            {
                var (had, has) = (Of(before, holder.Roles), Of(after, holder.Roles));
                return new Effect(
                    holder.Id,
                    seesUsers ? holder.Email : null,
                    [.. has.Except(had)],
                    [.. had.Except(has)]
                );
            })
            .Where(effect => effect.Gains.Count + effect.Loses.Count > 0)
            .ToList();
        return TypedResults.Ok(new Response([.. effects.Take(MostShown)], effects.Count));

        static SortedSet<string> Of(RoleHierarchy hierarchy, List<Guid> roles) =>
            new(roles.SelectMany(hierarchy.PermissionsOf), StringComparer.Ordinal);
    }
}
