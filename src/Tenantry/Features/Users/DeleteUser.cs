using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Deletes a user. What the user created stays, with an id that no longer belongs to a user.</summary>
public static class DeleteUser
{
    public static Task<Results<NoContent, Missing, Denied, Conflicting, Stale>> Handle(
        [Description("The user's id.")] Guid id,
        UserChange change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.MakeWithoutBody(
            id,
            async user =>
            {
                if (await Precedence.RefuseLast(db, id, role: null, cancel) is { } last)
                    return last;
                db.Remove(user);
                return null;
            },
            cancel
        );
}
