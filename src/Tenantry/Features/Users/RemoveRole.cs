using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Removes a role from a user.</summary>
public static class RemoveRole
{
    public static Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The user's id.")] Guid id,
        [Description("The id of the role.")] Guid roleId,
        UserChange change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.MakeWithoutBody(
            id,
            async _ =>
            {
                if (
                    await db.Set<UserRole>()
                        .SingleOrDefaultAsync(assigned => assigned.UserId == id && assigned.RoleId == roleId, cancel)
                    is not { } assigned
                )
                    return Problems.Missing("The user does not have this role.");
                if (await Precedence.RefuseLast(db, id, roleId, cancel) is { } last)
                    return last;
                db.Remove(assigned);
                return null;
            },
            cancel
        );
}
