using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Tenantry.Foundation.Data.Database;
using Tenantry.Foundation.Hosting.Http;

namespace Tenantry.Features.Users;

/// <summary>Deactivates a user, and revokes all sessions and mailed links of the user.</summary>
public static class DeactivateUser
{
    public static Task<Results<Ok<UserDocument>, Missing, Denied, Conflicting, Stale, TooMany>> Handle(
        [Description("The user's id.")] Guid id,
        UserChange change,
        TenantDb db,
        CancellationToken cancel
    ) =>
        change.Make(
            id,
            async user =>
            {
                if (await Precedence.RefuseLast(db, id, role: null, cancel) is { } last)
                    return last;
                user.IsActive = false;
                await MailedToken.WithdrawAll(db, id, cancel); // a user who is activated again asks for a new one
                await change.RevokeSessions(id, cancel);
                return null;
            },
            cancel
        );
}
