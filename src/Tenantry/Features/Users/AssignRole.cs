using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;
using Tenantry.Foundation.Security.Access;

namespace Tenantry.Features.Users;

/// <summary>
/// Grants a role to a user. A caller cannot grant a role with permissions that the caller does not have.
/// </summary>
public static class AssignRole
{
    /// <param name="RoleId">The id of the role.</param>
    public sealed record Request([RequiredMember] Guid? RoleId) : IExample<Request>
    {
        public static Request Example => new(UserDocument.Example.Roles[0].Id);
    }

    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale, TooMany>> Handle(
        [Description("The user's id.")] Guid id,
        Request body,
        UserChange change,
        TenantContext context,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.Make(
            id,
            async user =>
            {
                // A caller who grants a role to themselves may be about to lose a permission by a concurrent change of
                // a role. The lock waits for that change.
                var roles =
                    id == context.SignedIn.UserId
                        ? await RoleHierarchy.Lock(db, cancel)
                        : await RoleHierarchy.Load(db, cancel);
                if (roles.ById(body.RoleId!.Value) is not { } role)
                    return Problems.Missing("There is no such role.");
                if (Refuse(roles, role, context.SignedIn) is { } denied)
                    return denied;
                if (
                    !await db.Set<UserRole>()
                        .AnyAsync(assigned => assigned.UserId == id && assigned.RoleId == role.Id, cancel)
                )
                    db.Add(
                        new UserRole
                        {
                            TenantId = user.TenantId,
                            UserId = id,
                            RoleId = role.Id,
                            AssignedAt = change.Now,
                        }
                    );
                return null;
            },
            cancel
        );

    /// <returns>
    /// The refusal where the role contains a permission that the caller does not have; null: there is none.
    /// </returns>
    internal static Denied? Refuse(RoleHierarchy roles, Role role, Caller caller) =>
        roles.PermissionsOf(role.Id).FirstOrDefault(permission => !caller.Has(permission)) is { } missing
            ? Problems.Denied(
                Problems.PermissionDenied,
                $"The role {role.Name} contains the permission {missing}. You cannot grant a permission that you do not have."
            )
            : null;
}
