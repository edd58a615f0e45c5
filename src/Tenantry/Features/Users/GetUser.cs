using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Data.Tenancy;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Shows a user with its roles.</summary>
public static class GetUser
{
    public static async Task<Results<Ok<UserDocument>, NotModified, Missing>> Handle(
        [Description("The user's id.")] Guid id,
        TenantContext context,
        TenantDb db,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (
            await UserDocument.WithRoles(db, db.Set<User>().Where(user => user.Id == id)).SingleOrDefaultAsync(cancel)
            is not { } found
        )
            return Problems.Missing("There is no such user.");
        return ETag.IsNotModified(http, UserDocument.TagOf(found.User.Version, found.Roles))
            ? new NotModified()
            : TypedResults.Ok(UserDocument.Of(found.User, found.Roles).In(context.Tenant));
    }
}
